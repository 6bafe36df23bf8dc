// A request of the hub, declared once: its name, what is asked and what is answered, as schemas. Who asks and who answers are
// typed by the declaration, so that a further request is one declaration and one answer.
import type { z } from 'zod';

/** What enters a host is checked whole; what a host sends is checked for its outline. */
export interface Method<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly params: P;
  readonly result: R;
  /** Cuts what may be of any length to what the params take; done by who asks. */
  readonly fit?: (params: z.output<P>) => z.output<P>;
}

/** A message without an answer. */
export interface Notice<P extends z.ZodType> {
  readonly name: string;
  readonly params: P;
}

export function method<P extends z.ZodType, R extends z.ZodType>(
  name: string,
  params: P,
  result: R,
  fit?: (params: z.output<P>) => z.output<P>,
): Method<P, R> {
  return { name, params, result, ...(fit && { fit }) };
}

export function notice<P extends z.ZodType>(name: string, params: P): Notice<P> {
  return { name, params };
}

/** What may be sent where `T` is received: the sender's own may be readonly all through, and have more than nothing. */
export type Sent<T> = T extends readonly (infer E)[]
  ? readonly Sent<E>[]
  : T extends Record<string, never>
    ? object
    : T extends object
      ? { readonly [K in keyof T]: Sent<T[K]> }
      : T;

export type Methods = Readonly<Record<string, Method>>;

/** What is asked with `M`. */
export type ParamsOf<M extends Method> = z.output<M['params']>;
/** What is answered to `M`. */
export type ResultOf<M extends Method> = z.output<M['result']>;

type IsNothing<T> = [T] extends [Record<string, never>] ? true : false;

/** How each is asked: without an argument where it has no params, and resolving to nothing where it answers nothing. */
export type Asking<M extends Methods> = {
  -readonly [K in keyof M]: (
    ...args: IsNothing<ParamsOf<M[K]>> extends true ? [] : [params: Sent<ParamsOf<M[K]>>]
  ) => Promise<IsNothing<ResultOf<M[K]>> extends true ? void : ResultOf<M[K]>>;
};

/** Where there is nothing to answer, whatever comes of it is not sent. */
type Answer<T> = IsNothing<T> extends true ? unknown : Sent<T>;

/** How each is answered. */
export type Answering<M extends Methods> = {
  readonly [K in keyof M]: (
    params: ParamsOf<M[K]>,
  ) => Answer<ResultOf<M[K]>> | Promise<Answer<ResultOf<M[K]>>>;
};
