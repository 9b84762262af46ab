"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A link to a place inside a closed part opens it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let closed = false;
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) {
      closed = closed || !part.open;
      part.open = true;
    }
    if (target.hidden) { target.hidden = false; closed = true; }
    if (closed) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Paper has no summaries to click on: everything is open while printing.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });

  // The words of a claim lead to its card, as its label does.
  for (const article of all(".article")) {
    article.addEventListener("click", (event) => {
      const mark = event.target.closest("mark[data-claim]");
      if (mark && !event.target.closest("a") && getSelection().isCollapsed) location.hash = mark.dataset.claim;
    });
  }

  // The navigation shows where the reader is.
  const links = all(".contents a");
  const headings = links.map((link) => document.getElementById(link.hash.slice(1)));
  let current = null;
  const follow = () => {
    const line = innerHeight / 3;
    let here = 0;
    headings.forEach((heading, place) => { if (heading && heading.getBoundingClientRect().top < line) here = place; });
    if (links[here] === current || !links.length) return;
    if (current) current.removeAttribute("aria-current");
    current = links[here];
    current.setAttribute("aria-current", "location");
    const list = current.closest("ul");
    if (list.scrollWidth > list.clientWidth) list.scrollLeft = current.offsetLeft - list.clientWidth / 3;
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  follow();

  // Long lists get a box to filter them; without script they are simply long.
  for (const list of all("[data-filter]")) {
    const items = [...list.children].map((item) => [item, item.textContent.toLowerCase()]);
    const box = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("output");
    box.className = "filter";
    input.type = "search";
    box.append(`Filter the ${items.length} ${list.dataset.filter}`, input, count);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [item, text] of items) {
        item.hidden = !words.every((word) => text.includes(word));
        shown += !item.hidden;
      }
      count.value = words.length ? `${shown} shown` : "";
    });
    list.before(box);
  }
})();
