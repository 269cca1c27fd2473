// Tells where the keyboard is, whether that can be seen, and which of the selectors fit it.
(selectors) => {
  const at = document.activeElement;
  const ringed = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const box = at.getBoundingClientRect();
  return {
    What: at.localName + (at.getAttribute('class') ? '.' + at.getAttribute('class').replaceAll(' ', '.') : ''),
    Visible: at === document.body || ((ringed(getComputedStyle(at)) || ringed(getComputedStyle(at, '::after'))) && box.width > 0 && box.bottom > 0),
    Fits: selectors.filter((s) => at.matches(s)),
  };
}
