// Finds what is wrong with the page as it is shown, as an array of sentences. It needs no
// script in the page: the test has the browser evaluate it.
(() => {
  const faults = [];
  const blame = (element, fault) => {
    const words = (element.innerText ?? element.textContent ?? '').trim().slice(0, 40);
    const line = `<${element.localName} class="${element.getAttribute('class') ?? ''}"> “${words}” ${fault}`;
    if (!faults.includes(line) && faults.length < 40) faults.push(line);
  };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.unseen');
  for (const folded of all('details')) folded.open = true;

  // It fits the screen.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    faults.push(`the page is ${document.documentElement.scrollWidth} wide on a screen of ${width}`);
    for (const e of all('main *')) {
      if (shown(e) && e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll, .body')) blame(e, 'sticks out');
    }
  }

  // It has the structure that readers of the structure need.
  for (const [selector, count] of [['h1', 1], ['main', 1], ['body > header', 1], ['body > footer', 1], ['head > title', 1]]) {
    if (all(selector).length !== count) faults.push(`there are ${all(selector).length} of ${selector}`);
  }
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const here = Number(heading.localName[1]);
    if (here > level + 1) blame(heading, `is a heading of level ${here} after one of ${level}`);
    if (!heading.textContent.trim()) blame(heading, 'is an empty heading');
    level = here;
  }
  const named = (e) => e.getAttribute('aria-label') || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent.trim();
  const names = new Set();
  for (const landmark of all('nav, section, form, [role=region]')) {
    const name = named(landmark);
    if (!name) blame(landmark, 'is a landmark without a name');
    if (landmark.localName === 'nav' && names.has(name)) blame(landmark, `is a second “${name}”`);
    if (landmark.localName === 'nav') names.add(name);
  }
  for (const control of all('input:not([type=hidden]), select, textarea')) {
    if (!control.labels.length) blame(control, 'has no label');
  }
  for (const e of all('a, button, summary')) {
    if (!(e.getAttribute('aria-label') || e.textContent.trim())) blame(e, 'has no words');
  }
  for (const picture of all('main svg, header svg')) {
    if (picture.getAttribute('aria-hidden') !== 'true' && !named(picture)) blame(picture, 'is a picture without words');
  }
  for (const table of all('table')) {
    if (!table.querySelector('th[scope=col]')) blame(table, 'is a table without headings');
    if (table.getAttribute('role') !== 'table') blame(table, 'stops being a table where it is laid out otherwise');
  }
  const ids = new Set();
  for (const { id } of all('[id]')) {
    if (ids.has(id)) faults.push(`the id ${id} is there twice`);
    ids.add(id);
  }
  for (const time of all('time')) {
    if (Number.isNaN(Date.parse(time.dateTime))) blame(time, `has a datetime of ${time.dateTime}`);
  }
  for (const link of all('a[href^="http"]')) {
    if (link.origin !== location.origin && !(link.relList.contains('noopener') && link.relList.contains('noreferrer'))) blame(link, 'tells the site that it leads to where it comes from');
  }

  // Nothing in it runs, loads or restyles.
  for (const e of all('script:not(head > [src^="/assets/"]), style, img, iframe, object, embed, [style]')) blame(e, 'was not put there by Umpire');
  for (const e of all('*')) {
    for (const { name, value } of e.attributes) {
      if (name.startsWith('on') || /^\s*(javascript|data|vbscript):/i.test(value)) blame(e, `has ${name}="${value}"`);
    }
  }

  // Its words can be read: WCAG 2, success criterion 1.4.3 (AA).
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const colours = new Map();
  const rgba = (colour) => {
    if (!colours.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      colours.set(colour, [r, g, b, a / 255]);
    }
    return colours.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const ground = (element) => {
    if (!element) return rgba(getComputedStyle(document.documentElement).backgroundColor)[3] ? rgba(getComputedStyle(document.documentElement).backgroundColor) : [255, 255, 255, 1];
    const here = rgba(getComputedStyle(element).backgroundColor);
    return here[3] === 1 ? here : over(here, ground(element.parentElement));
  };
  const luminance = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const legible = (element, colour, what) => {
    const behind = ground(element);
    const ratio = contrast(over(rgba(colour), behind), behind);
    if (ratio < 4.5) blame(element, `${what} has a contrast of ${ratio.toFixed(2)}`);
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !shown(element)) continue;
    const style = getComputedStyle(element);
    legible(element, element.closest('svg') ? style.fill : style.color, 'text');
    texts += 1;
  }
  if (texts < 10) faults.push(`only ${texts} texts were seen`);
  for (const input of all('input[placeholder]')) legible(input, getComputedStyle(input, '::placeholder').color, 'the hint');

  // What is operated can be seen: 1.4.11.
  for (const control of all('input:not([type=hidden]), select')) {
    const ratio = contrast(rgba(getComputedStyle(control).borderTopColor), ground(control.parentElement));
    if (ratio < 3) blame(control, `has an edge with a contrast of ${ratio.toFixed(2)}`);
  }

  console.log('examined');
  return faults;
})()
