// The texts whose contrast is below CONTRAST, also that of the glyphs before them.
(() => {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parts(color).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = (element) => {
    const own = getComputedStyle(element).backgroundColor;
    return (parts(own)[3] ?? 1) > 0 ? own : back(element.parentElement);
  };
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const pale = new Set();
  for (const element of document.querySelectorAll("body *:not(script)")) {
    for (const part of [null, "::before"]) {
      const style = getComputedStyle(element, part);
      const shows = part ? !["none", "normal"].includes(style.content)
        : [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      const found = ratio(style.color, back(element));
      if (shows && found < CONTRAST) pale.add(`${element.tagName}.${element.className}${part ?? ""} ${found.toFixed(1)}`);
    }
  }
  return [...pale].join(", ");
})()
