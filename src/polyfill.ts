/** What Node 20 lacks and Ink 8 and execa 10 use. See docs/decisions/0001-runtime.md. */
import 'core-js/actual/array/from-async';
import 'core-js/actual/iterator';
import 'core-js/actual/promise/with-resolvers';
import 'core-js/actual/set';
