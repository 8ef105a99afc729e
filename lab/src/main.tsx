/** The page's entry. Running this code and drawing the page are two tasks. */
import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/charts.css";
import { App } from "./app/App.tsx";
import { nextTask } from "./app/slices.tsx";

const root = document.getElementById("app");
if (root !== null) void nextTask().then(() => render(<App />, root));
