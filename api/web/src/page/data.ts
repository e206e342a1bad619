/** What the template tells the page: the scheme's own lists and limits, so that they are declared in one place. */

export interface PageData {
  recordTypes: string[];
  roles: string[];
  dimensions: Record<string, { title: string; levels: string[] }>;
  maxText: number;
  /** Whether people sign in to this page. */
  signedIn: boolean;
}

export function readPageData(element: HTMLElement): PageData {
  return JSON.parse(element.dataset["page"] ?? "{}") as PageData;
}
