/** Step 10: what it is good for, where it is weak, and the quiz. */
import { SectionLink } from "../../../app/SectionLink.tsx";
import { Questions } from "../../quiz/Questions.tsx";

export function Ending() {
  return (
    <>
      <div class="lesson-text">
        <p>You have all the parts now. What are they good for together?</p>
        <ul>
          <li>
            <strong>One equation for everything.</strong> All strikes and all expiries come from the
            same law of paths. They agree with each other, and dates between the quotes come with
            them.
          </li>
          <li>
            <strong>Dynamics.</strong> A smile drawn through dots ends at its dots. An equation can
            be simulated, and a hedge can be trained on it.
          </li>
          <li>
            <strong>No shape assumed.</strong> Where a formula with five numbers misses the quotes,
            a network can bend.
          </li>
        </ul>
        <p>And where is it weak?</p>
        <ul>
          <li>
            <strong>It is slower.</strong> Seconds, where a formula takes milliseconds.
          </li>
          <li>
            <strong>It is noisy.</strong> Prices are averages over a sample. Where spreads are very
            narrow the noise can be as wide as they are.
          </li>
          <li>
            <strong>Quotes do not determine it.</strong> Several equations fit the same quotes. What
            they say elsewhere is partly the modeller’s choice.
          </li>
          <li>
            <strong>It is as good as its quotes.</strong> It learns what the market says today, not
            what will happen.
          </li>
        </ul>
        <p>
          The <SectionLink href="#/limits">page on strengths and limits</SectionLink> puts measured
          figures beside each of these sentences. Now see what stayed with you:
        </p>
      </div>
      <Questions />
    </>
  );
}
