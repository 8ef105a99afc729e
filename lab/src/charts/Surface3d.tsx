/**
 * A surface to turn: by dragging, or with the arrow keys. A worker draws it, with three.js,
 * which is loaded when the first one is shown.
 *
 * Drawn only when something changes. Without WebGL it says so; the numbers are in the charts beside it.
 */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { themeChanges } from "../app/theme.ts";
import { Button } from "../ui/controls.tsx";
import { saveFile } from "../ui/saveFile.ts";
import { fileNameOf } from "./ExportMenu.tsx";
import type { SurfaceScene } from "./surfaceScene.ts";
import type { SurfaceView } from "./surfaceView.ts";

interface Props {
  readonly title: string;
  readonly scene: SurfaceScene;
  readonly height?: number;
}

export default function Surface3d({ title, scene, height = 380 }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<SurfaceView | null>(null);
  const failure = useSignal<string | null>(null);
  const latest = useRef(scene);
  latest.current = scene;
  useEffect(() => {
    let isGone = false;
    const cannotDraw = (): void => {
      failure.value =
        "This browser draws no three-dimensional pictures here (WebGL in a worker is off).";
    };
    import("./surfaceView.ts").then(
      ({ showSurface }) => {
        if (isGone || host.current === null) return;
        try {
          view.current = showSurface(host.current, title, cannotDraw);
          view.current.draw(latest.current);
        } catch {
          cannotDraw();
        }
      },
      () => {
        failure.value = "The part that draws in three dimensions could not be loaded.";
      },
    );
    return () => {
      isGone = true;
      view.current?.free();
      view.current = null;
    };
  }, []);
  useEffect(() => view.current?.draw(scene), [scene]);
  useSignalEffect(() => {
    void themeChanges.value;
    view.current?.draw(latest.current);
  });
  return (
    <div class="surface3d">
      {failure.value === null ? (
        <div ref={host} class="surface3d-host" style={{ height: `${height}px` }} />
      ) : (
        <p class="soft">{failure.value}</p>
      )}
      {failure.value === null ? (
        <div class="surface3d-foot">
          <small class="soft">Drag to turn, or focus it and use the arrow keys.</small>
          <Button
            kind="quiet"
            name={`Save PNG: ${title}`}
            onClick={() => {
              void view.current
                ?.picture()
                .then((blob) => saveFile(`volterra-${fileNameOf(title)}.png`, blob));
            }}
          >
            Save PNG
          </Button>
        </div>
      ) : null}
    </div>
  );
}
