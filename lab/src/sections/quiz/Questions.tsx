/** All questions, one after the other: first the reader's own answer, then the model answer. */
import { isSection, SectionLink } from "../../app/SectionLink.tsx";
import "./quiz.css";
import { useId } from "preact/hooks";
import { Button } from "../../ui/controls.tsx";
import { Progress } from "../../ui/controls.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { answeredOf, change, forget, isKept, type Mark, marks, progress } from "./progress.ts";
import { type Question, questions } from "./questions.ts";

export function Questions() {
  const done = questions.filter(({ id }) => progress.value[id]?.isRevealed === true).length;
  const known = questions.filter(({ id }) => progress.value[id]?.mark === "had it").length;
  return (
    <div class="quiz">
      <Panel
        title="How it works"
        note="Write your own answer first, in a few words; then see a model answer and judge yourself. Nothing is sent: your answers stay in this browser."
        actions={
          <Button
            disabled={Object.keys(progress.value).length === 0}
            onClick={() => {
              if (confirm("Forget all your answers in this browser?")) forget();
            }}
          >
            Start over
          </Button>
        }
      >
        <Progress
          label={`${done} of ${questions.length} answered, ${known} known`}
          share={done / questions.length}
        />
        {isKept.value ? null : (
          <p class="soft">
            This browser does not let the page keep anything: your answers last until you close it.
          </p>
        )}
      </Panel>
      <ol class="quiz-list">
        {questions.map((question, i) => (
          <li key={question.id}>
            <Card question={question} place={i + 1} />
          </li>
        ))}
      </ol>
    </div>
  );
}

const markText: Readonly<Record<Mark, string>> = {
  "had it": "I had it",
  partly: "Partly",
  "not yet": "Not yet",
};

function Card({ question, place }: { readonly question: Question; readonly place: number }) {
  const { id, question: asked, answer, places } = question;
  const { text, isRevealed, mark } = answeredOf(id);
  const field = useId();
  const isReady = text.trim().length >= 3;
  return (
    <Panel title={`${place}. ${asked}`} class="quiz-card">
      <label for={field}>Your answer</label>
      <textarea
        id={field}
        rows={3}
        maxLength={4000}
        value={text}
        aria-describedby={isRevealed ? undefined : `${field}-hint`}
        onInput={(event) => change(id, { text: event.currentTarget.value })}
      />
      {isRevealed ? null : (
        <div class="quiz-reveal">
          <Button
            kind="primary"
            disabled={!isReady}
            name={`Show the model answer to question ${place}`}
            onClick={() => change(id, { isRevealed: true })}
          >
            Show the model answer
          </Button>
          <span class="soft" id={`${field}-hint`}>
            {isReady ? "Ready when you are." : "Write a few words first; “no idea” counts."}
          </span>
        </div>
      )}
      <div aria-live="polite">
        {isRevealed ? (
          <div class="quiz-answer">
            <h3>Model answer</h3>
            {answer.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
            <p>
              See it:{" "}
              {places
                .filter(({ href }) => isSection(href))
                .map(({ href, label }, i) => (
                  <>
                    {i > 0 ? " · " : null}
                    <SectionLink href={href}>{label}</SectionLink>
                  </>
                ))}
            </p>
            <fieldset class="quiz-mark">
              <legend>How was yours?</legend>
              {marks.map((name) => (
                <Button
                  key={name}
                  pressed={mark === name}
                  name={`${markText[name]}: question ${place}`}
                  onClick={() => change(id, { mark: name })}
                >
                  {markText[name]}
                </Button>
              ))}
            </fieldset>
          </div>
        ) : null}
      </div>
    </Panel>
  );
}
