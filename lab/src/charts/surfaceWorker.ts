/** The worker that draws surfaces: the page never waits for a graphics card. */
import { type SurfaceDrawing, surfaceDrawing } from "./surfaceDrawing.ts";
import type { SceneColours, SurfaceScene } from "./surfaceScene.ts";

export type ToSurface =
  | { readonly kind: "start"; readonly canvas: OffscreenCanvas }
  | { readonly kind: "draw"; readonly scene: SurfaceScene; readonly colours: SceneColours }
  | { readonly kind: "turn"; readonly azimuth: number; readonly elevation: number }
  | {
      readonly kind: "resize";
      readonly width: number;
      readonly height: number;
      readonly pixelRatio: number;
    }
  | { readonly kind: "see"; readonly isInSight: boolean }
  | { readonly kind: "picture" };

export type FromSurface =
  | { readonly kind: "failed" }
  | { readonly kind: "picture"; readonly blob: Blob };

let drawing: SurfaceDrawing | null = null;
const post = (message: FromSurface): void => postMessage(message);

addEventListener("message", ({ data }: MessageEvent<ToSurface>) => {
  if (data.kind === "start") {
    try {
      drawing = surfaceDrawing(data.canvas);
    } catch {
      post({ kind: "failed" });
    }
    return;
  }
  if (drawing === null) return; // it has said that it failed
  switch (data.kind) {
    case "draw":
      return drawing.draw(data.scene, data.colours);
    case "turn":
      return drawing.turn(data.azimuth, data.elevation);
    case "resize":
      return drawing.resize(data.width, data.height, data.pixelRatio);
    case "see":
      return drawing.see(data.isInSight);
    case "picture":
      void drawing.picture().then((blob) => post({ kind: "picture", blob }));
  }
});
