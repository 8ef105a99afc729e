export { conditionalBlack, type ConditionalBlack } from "./conditionalBlack.ts";
export { quadraticGrid, type GridOptions, type TimeGrid } from "./timeGrid.ts";
