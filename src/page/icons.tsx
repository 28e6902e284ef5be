/** The page's icons, and the button that shows one. */

/** Paths in a square of 24, drawn as lines. */
const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4 4",
  facts: "M6 4h12v16l-6-4-6 4z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 20c1-4 4-5 8-5s7 1 8 5",
  more: "M4.5 12h1M11.5 12h1M18.5 12h1",
  edit: "M4 20l1-5L16 4l4 4L9 19z",
  history: "M5 12a7 7 0 1 0 2-5M7 3v4h4M12 8v4l3 2",
  close: "M6 6l12 12M18 6L6 18",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  down: "M12 5v14M6 13l6 6 6-6",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);

interface IconButtonProps {
  icon: IconName;
  /** The accessible name. */
  label: string;
  onClick: (event: Event) => unknown;
}

/** A button with an icon and an accessible name. */
export const IconButton = ({ icon, label, onClick }: IconButtonProps) => (
  <button
    type="button"
    class="icon-button"
    aria-label={label}
    title={label}
    onClick={(event: Event) => void onClick(event)}
  >
    <Icon name={icon} />
  </button>
);
