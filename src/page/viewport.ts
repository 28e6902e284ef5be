/** Fits the page into the part of the screen that a touch keyboard leaves. Safari does not do so by itself. */
export function fitViewport(): void {
  const { visualViewport } = window;
  visualViewport?.addEventListener("resize", () => {
    // Zooming resizes the visual viewport too, but must not change the layout.
    if (visualViewport.scale === 1)
      document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
  });
}
