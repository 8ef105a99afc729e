/** The quiz on a page of its own. */
import { Questions } from "./Questions.tsx";

export default function Quiz() {
  return <Questions />;
}
