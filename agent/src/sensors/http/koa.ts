import { type ModuleWatch, watchModuleClass } from '../module-cache.js';
import { servingOf } from './served-requests.js';

const modulePattern = /[\\/]koa[\\/]lib[\\/]application\.js$/;

type CreateContext = (this: unknown, request: unknown, ...rest: unknown[]) => unknown;
interface ApplicationClass {
  readonly prototype: { createContext: CreateContext };
}

/** Koa has no diagnostics channel, and nothing leads from a request of node:http to the context that @koa/router
 *  leaves its pattern on. So once Koa is loaded, createContext() of its class is wrapped, and the context noted. Call
 *  `look` from time to time; it is cheap when nothing was loaded since. */
export const watchKoaContexts = (): ModuleWatch =>
  watchModuleClass(modulePattern, isApplicationClass, ({ prototype }) => {
    const original = prototype.createContext;
    const wrapper: CreateContext = function (this: unknown, request, ...rest) {
      const context = original.call(this, request, ...rest);
      const serving = servingOf(request);
      if (serving !== null) serving.hint = context;
      return context;
    };
    prototype.createContext = wrapper;
    return () => {
      // Somebody may have wrapped the wrapper; then it stays, and does no harm.
      if (prototype.createContext === wrapper) prototype.createContext = original;
    };
  });

/** @koa/router has left the whole pattern there, with the prefixes of its routers. */
export function readKoaRoute(context: unknown): string | null {
  const route = (context as { readonly _matchedRoute?: unknown } | null)?._matchedRoute;
  return typeof route === 'string' ? route : null;
}

const isApplicationClass = (value: unknown): value is ApplicationClass =>
  typeof value === 'function' &&
  typeof (value as Partial<ApplicationClass>).prototype?.createContext === 'function';
