/** The options of a run that names nothing, as a base for tests. */
import type { Inputs } from '../../src/checks/inputs.ts';

export const noInputs: Inputs = {
  errorLogs: [],
  accessLogs: [],
  accessLogFormat: null,
  backends: [],
  proxyConfig: null,
  httpd: null,
  url: null,
  since: null,
  until: null,
  via: { proxy: null, backend: null },
  allow: [],
  passive: false,
  skip: [],
  offline: false,
};
