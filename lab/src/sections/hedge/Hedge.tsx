/** Hedge: a rule learned for a position with costs, beside the classical rules and the exact optimum. */
import "../../market/market.css";
import "./hedge.css";
import { hrefOf } from "../../app/router.ts";
import { Slices } from "../../app/slices.tsx";
import { JobNotice } from "../../ui/JobNotice.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { BandPanel } from "./BandPanel.tsx";
import { Controls } from "./Controls.tsx";
import { FrontierPanel } from "./FrontierPanel.tsx";
import { exact, task, training } from "./hedgeState.ts";
import { LearningPanel } from "./LearningPanel.tsx";
import { ProfitPanel, TablePanel } from "./ProfitPanel.tsx";
import { Progress } from "./Progress.tsx";
import { ReplayPanel } from "./ReplayPanel.tsx";

export default function Hedge() {
  return (
    <div class="with-side">
      <Slices>
        <Controls />
        <div class="stack">
          {task.value === null ? (
            <Notice kind="warn" title="There is no learned market yet">
              This hedge is to be trained in the neural SDE that was learned from quotes, and none
              has been learned since the page was opened.{" "}
              <a href={hrefOf("learn")}>Watch one learn</a>, then come back; or choose another
              market.
            </Notice>
          ) : (
            <Slices>
              <>
                <JobNotice job={training} />
                <JobNotice job={exact} />
                <Progress />
              </>
              <BandPanel />
              <div class="columns">
                <LearningPanel />
                <ProfitPanel />
              </div>
              <TablePanel />
              <ReplayPanel />
              <FrontierPanel />
            </Slices>
          )}
        </div>
      </Slices>
    </div>
  );
}
