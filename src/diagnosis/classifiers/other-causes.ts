/** The smaller branches: names, TLS, the client's upload, and the proxy's own limits. */
import { type Classifier, holds, verdict } from './classifier.ts';

export const dnsCause: Classifier = {
  name: 'dns-cause',
  reads: ['error-log', 'dns', 'proxy-config', 'proxy-version', 'tcp-connect'],
  outcomes: {
    'backend-not-found': 'The name can not be resolved',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (_view, sign) => {
    if (holds(sign, 'not-resolved-now') || holds(sign, 'log-dns')) return verdict(sign, 'backend-not-found', ['not-resolved-now', 'log-dns', 'resolves-now']);
    return verdict(sign, 'cannot-tell', ['resolves-now'], 'neither the log nor a look-up shows a failed resolution');
  },
};

export const tlsCause: Classifier = {
  name: 'tls-cause',
  reads: ['error-log', 'tls-connect', 'tcp-connect', 'proxy-config', 'proxy-version'],
  outcomes: {
    'backend-tls': 'The TLS handshake with the backend fails',
    'proxy-bug': 'The handshake is sound; this httpd version has a known fault of this kind',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (_view, sign) => {
    // The handshake succeeds as the proxy's own settings ask for it, and yet the proxy's fails: the settings do not reach it.
    if (holds(sign, 'known-fault-fits') && holds(sign, 'tls-ok') && !holds(sign, 'tls-proxy-refuses')) {
      return verdict(sign, 'proxy-bug', ['known-fault-fits', 'tls-ok', 'log-tls']);
    }
    if (holds(sign, 'tls-fails') || holds(sign, 'tls-proxy-refuses') || holds(sign, 'log-tls') || holds(sign, 'log-tls-broke-connection')) {
      return verdict(sign, 'backend-tls', ['tls-fails', 'tls-proxy-refuses', 'log-tls', 'log-tls-broke-connection']);
    }
    return verdict(sign, 'cannot-tell', ['tls-ok'], 'no failed handshake was seen');
  },
};

export const clientCause: Classifier = {
  name: 'client-cause',
  reads: ['error-log', 'access-log', 'proxy-config', 'tcp-connect'],
  outcomes: {
    'request-not-sent': 'The client’s upload stops; the backend named in the line is innocent',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (_view, sign) => {
    if (holds(sign, 'log-client-side')) return verdict(sign, 'request-not-sent', ['log-client-side', 'pattern', 'connects-now']);
    return verdict(sign, 'cannot-tell', [], 'the log does not show that the client’s side failed');
  },
};

export const capacityCause: Classifier = {
  name: 'capacity-cause',
  reads: ['error-log', 'access-log', 'proxy-resources', 'proxy-config', 'tcp-connect'],
  outcomes: {
    'proxy-exhausted': 'A limit of the proxy itself was reached',
    'cannot-tell': 'The evidence does not decide',
  },
  classify: (_view, sign) => {
    if (holds(sign, 'log-capacity') || holds(sign, 'pool-exhausted') || holds(sign, 'proxy-at-limit') || holds(sign, 'log-no-ports') || holds(sign, 'log-no-descriptors')) {
      return verdict(sign, 'proxy-exhausted', ['log-capacity', 'pool-exhausted', 'proxy-at-limit', 'log-no-ports', 'log-no-descriptors']);
    }
    return verdict(sign, 'cannot-tell', [], 'no limit of the proxy was seen to be reached');
  },
};
