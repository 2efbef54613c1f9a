/** What `flow new` starts an author with: a small flow that is whole, and scenarios that hold. docs/writing-flows.md explains it. */

/** @param schema path of the JSON Schema, relative to the flow */
export function flowTemplate(id: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
id: ${id}
version: 1
title: 502 from a small proxy
summary: Looks whether the log has failures and whether each backend accepts connections.
triage: log          # first step; walked once
suspect: connect     # first step for each backend under suspicion
steps:
  log:
    kind: check
    check: error-log
    title: Which failures are in the error log?
    short: log
    why: The kind of failure decides what to look at next.
    covers: [A01, A02, A13]
    by-hand:
      commands: ["grep -c AH00957 /var/log/apache2/error.log"]
      reading: Each line is one connect that failed.
    next:
      failures: backends
      no-failures: all-well
      not-covered: when          # a string is the step to go to
      could-not: { to: when, label: There is no log to read }
  when:
    kind: question
    title: Did clients get 502s within the last hour?
    short: when
    why: The log does not reach back far enough to tell.
    next:                        # the options; \`unknown\` is always one of them
      recently: { to: backends, label: "Yes, within the hour" }
      before: { to: undecided, label: "Only before that" }
      unknown: { to: backends, label: I don't know }
  backends:
    kind: examine                # from here, once for each suspect, at \`suspect:\`
  connect:
    kind: check
    check: tcp-connect
    with: { count: 20 }          # parameters of the check
    title: Can the proxy connect to the backend right now?
    short: connect
    why: Refused means that the host is there and the port does not accept.
    covers: [A15]
    next:
      connected: undecided
      refused: shape
      mixed: backend-overloaded
      no-answer: undecided
      unreachable: undecided
      denied: undecided
      dropped: undecided
      could-not: undecided
  shape:
    kind: decide
    classifier: how-often
    title: Do all requests fail, or some?
    short: how often
    why: Every request failing, clusters and single failures have different causes.
    covers: [A14, A17, A18]
    next:
      every: backend-not-running
      clusters: backend-overloaded
      sporadic: undecided
      none: backend-not-running
      cannot-tell: backend-not-running
  backend-not-running: { kind: diagnosis }
  backend-overloaded: { kind: diagnosis }
  undecided: { kind: diagnosis, diagnosis: undetermined }
  all-well: { kind: diagnosis, diagnosis: no-proxy-errors }
`;
}

export function scenarioTemplate(): string {
  return `scenarios:
  - title: every connect is refused
    given:
      error-log:
        outcome: failures
        facts:                   # the fields that matter; the rest is 0, empty or null
          window: { covered: true }
          lines: 900
          backends:
            - backend: 10.0.0.5:8080
              failures: 400
              byMode: { connect: 400 }
              frequency: every
              frequencyByMode: { connect: every }
              ongoing: true
      tcp-connect:
        outcome: refused         # and this is what the check has to make of these facts
        facts:
          host: 10.0.0.5
          port: 8080
          attempts: 20
          refused: 20
          byAddress: [{ address: 10.0.0.5, attempts: 20, refused: 20 }]
    expect:
      diagnosis: backend-not-running
      backend: 10.0.0.5:8080
      path: [log=failures, connect=refused, shape=every]

  - title: nothing can be looked at, and nobody knows
    given: {}                    # a check that is not named was skipped
    suspects: [10.0.0.5:8080]
    expect:
      diagnosis: undetermined
      path: [log=skipped, when=unknown, connect=skipped]
`;
}
