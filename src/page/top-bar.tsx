/** The bar at the top: the title of the conversation, and buttons for dialogs and menu. */
import type { DialogName } from "./dialog";
import type { IconName } from "./icons";
import { Icon } from "./icons";
import { PageMenu } from "./page-menu";
import type { PageState } from "./state";

interface TopBarProps {
  page: PageState;
  title: string;
  sideOpen: boolean;
  onSide: () => void;
  onDialog: (name: DialogName) => void;
}

const Tool = ({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) => (
  <button type="button" title={label} onClick={onClick}>
    <Icon name={icon} />
    <span class="label">{label}</span>
  </button>
);

export const TopBar = ({ page, title, sideOpen, onSide, onDialog }: TopBarProps) => (
  <header class="top">
    <button
      type="button"
      class="icon-button side"
      aria-label="Conversations"
      aria-expanded={String(sideOpen)}
      aria-controls="sidebar"
      onClick={onSide}
    >
      <Icon name={sideOpen ? "close" : "menu"} />
    </button>
    <h1>Llamory</h1>
    <h2 class="title" dir="auto">
      {title}
    </h2>
    <div class="tools">
      <Tool icon="search" label="Search" onClick={() => onDialog("search")} />
      {page.userId !== undefined && <Tool icon="facts" label="Facts" onClick={() => onDialog("facts")} />}
      <Tool icon="person" label={page.userId ?? "Sign in"} onClick={() => onDialog("sign-in")} />
      <PageMenu page={page} onDialog={onDialog} />
    </div>
  </header>
);
