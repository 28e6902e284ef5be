/** Removes the date that a prompt shows before the first user message of a day. */
export const undated = <M extends { content: string }>(message: M): M => ({
  ...message,
  content: message.content.replace(/^\[\w{3} \d{4}-\d\d-\d\d\] /, ""),
});
