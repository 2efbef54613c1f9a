declare const PROXY_DOCTOR_VERSION: string | undefined;

/** Set by the build from package.json. */
export const version = typeof PROXY_DOCTOR_VERSION === 'string' ? PROXY_DOCTOR_VERSION : '0.0.0';
