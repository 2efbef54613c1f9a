/** core-js has no types of its own; its modules are loaded for what they add. */
declare module 'core-js/*';
