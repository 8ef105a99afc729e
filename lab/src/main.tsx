/** The page's entry. */
import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/charts.css";
import { App } from "./app/App.tsx";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
