/** A button with a symbol and an accessible name. */
export function IconButton({ sign, label, onClick }: { sign: string; label: string; onClick: () => unknown }) {
  return (
    <button type="button" class="icon" aria-label={label} title={label} onClick={() => void onClick()}>
      {sign}
    </button>
  );
}
