/** Shows the stage that something long is in, and how far it has come there; null when it is over. */
export type Progress = (stage: string | null, detail?: string) => void;

/** A terminal sees one line that changes; a log or a pipe sees each stage once. */
export function createProgress(stream: { readonly isTTY?: boolean; write(text: string): unknown }): Progress {
  const clear = '\r\x1b[2K';
  let newest: string | null = null;
  return (stage, detail = '') => {
    if (stream.isTTY) {
      stream.write(stage === null ? clear : `${clear}${stage}${detail === '' ? '' : `: ${detail}`}`);
    } else if (stage !== null && stage !== newest) {
      stream.write(`${stage}\n`);
    }
    newest = stage;
  };
}
