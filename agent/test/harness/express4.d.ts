/** The package has no types of its own, and those of Express 5 do for what tests use. */
declare module 'express4' {
  export { default } from 'express';
}
