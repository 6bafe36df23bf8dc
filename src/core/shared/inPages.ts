// Cuts a list into pages that are short as JSON, so that no message grows with a list.

/** A page of so many characters is at most three times as many bytes, and far below what the hub's frames take. */
const mostPageChars = 512 * 1024;

/** Each page holds at least one item, so one that is longer by itself stands alone. Looks no further than it is asked. */
export function* inPages<T>(items: Iterable<T>, most = mostPageChars): Generator<readonly T[]> {
  let page: T[] = [];
  let chars = 0;
  for (const item of items) {
    const more = JSON.stringify(item).length;
    if (page.length > 0 && chars + more > most) {
      yield page;
      page = [];
      chars = 0;
    }
    page.push(item);
    chars += more;
  }
  if (page.length > 0) yield page;
}
