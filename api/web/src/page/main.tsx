/** Starts the page. */

import { render } from "preact";

import { App } from "./app.tsx";
import { readPageData } from "./data.ts";

const root = document.getElementById("app");
if (root) render(<App data={readPageData(root)} />, root);
