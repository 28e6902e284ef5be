/** A button that shows a sign, and says in words what it does. */
export function IconButton({ sign, label, onClick }: { sign: string; label: string; onClick: () => unknown }) {
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={() => void onClick()}>
      {sign}
    </button>
  );
}
