/** What comes in pages, one by one. To yield each from an `async` generator would take several turns of microtasks. */
export function oneByOne<T>(pages: AsyncGenerator<Iterator<T>>): AsyncIterable<T> {
  let page: Iterator<T> | undefined;
  const end = async (): Promise<IteratorResult<T>> => {
    page = undefined;
    await pages.return(undefined);
    return { done: true, value: undefined };
  };
  const next = async (): Promise<IteratorResult<T>> => {
    try {
      for (;;) {
        const here = page?.next();
        if (here && !here.done) return here;
        const { done, value } = await pages.next();
        if (done) return { done, value: undefined };
        page = value;
      }
    } catch (error) {
      await end();
      throw error;
    }
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}
