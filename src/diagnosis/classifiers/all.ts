/** The named classifiers that a flow's decide steps can use. */
import type { Classifier } from './classifier.ts';
import { connectCause } from './connect-cause.ts';
import { inFlightCause } from './in-flight-cause.ts';
import { capacityCause, clientCause, dnsCause, tlsCause } from './other-causes.ts';
import { failureKind, howOften, whatFails } from './triage.ts';

export const classifiers: Readonly<Record<string, Classifier>> = Object.fromEntries(
  [whatFails, failureKind, howOften, connectCause, inFlightCause, dnsCause, tlsCause, clientCause, capacityCause].map((classifier) => [classifier.name, classifier]),
);
