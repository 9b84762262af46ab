"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const made = (name, fields = {}, ...children) => {
    const element = Object.assign(document.createElement(name), fields);
    element.append(...children);
    return element;
  };

  // The address holds a place and, after a question mark, the state of the table of claims: #claim-C24?verdict=…
  const address = () => {
    const [place, query = ""] = location.hash.slice(1).split("?");
    return { place: decodeURIComponent(place), query: new URLSearchParams(query) };
  };
  const hash = (place, query) => `#${place}${String(query) && `?${query}`}`;

  // A link to a place inside a closed part opens it.
  const wide = matchMedia("(min-width: 90rem)");
  const reveal = () => {
    const { place, query } = address();
    for (const old of all(".here")) old.classList.remove("here");
    const target = place && document.getElementById(place);
    if (!target) return;
    let moved = String(query) !== "";
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) {
      moved = moved || !part.open;
      part.open = true;
    }
    if (target.hidden) { target.hidden = false; moved = true; }
    if (moved) target.scrollIntoView();
    if (String(query) && target.matches(".card, li, tr, details")) target.classList.add("here");
  };

  // Paper has no summaries to click on: everything is open while printing.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open], .mail)");
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });

  // On a wide screen a claim's card opens beside the article; elsewhere its words lead to the card.
  const panes = new Map(all(".reading").map((reading) => {
    const pane = made("aside", { className: "pane", tabIndex: -1 });
    pane.setAttribute("aria-label", "The claim's card");
    reading.append(pane);
    return [reading, pane];
  }));
  const close = () => {
    for (const reading of panes.keys()) reading.classList.remove("open");
    for (const mark of all("mark.now")) mark.classList.remove("now");
  };
  const show = (claim) => {
    const card = document.getElementById(`claim-${claim}`);
    const quote = document.getElementById(`quote-${claim}`);
    const reading = quote && quote.closest(".reading");
    close();
    if (!card || !reading || !wide.matches) return;
    const copy = card.cloneNode(true);
    copy.removeAttribute("id");
    copy.removeAttribute("aria-labelledby");
    for (const element of all("[id]", copy)) if (!element.closest("svg")) element.removeAttribute("id");
    for (const drawing of all("svg", copy)) rename(drawing);
    for (const back of all(".back", copy)) back.remove();
    const whole = made("a", { href: `#claim-${claim}`, textContent: "In the list of claims" });
    const shut = made("button", { type: "button", textContent: "Close" });
    shut.addEventListener("click", () => { close(); quote.querySelector("a").focus({ preventScroll: true }); });
    const pane = panes.get(reading);
    pane.replaceChildren(made("p", { className: "tools" }, whole, shut), copy);
    pane.scrollTop = 0;
    reading.classList.add("open");
    for (const mark of all(`mark[data-claim="${claim}"]`, reading)) mark.classList.add("now");
  };
  // The copy of a figure refers to names of its own.
  const rename = (drawing) => {
    for (const element of all("*", drawing)) {
      for (const { name, value } of [...element.attributes]) {
        if (name === "id") element.id = `pane-${value}`;
        else if (/^#|url\(#/.test(value)) element.setAttribute(name, value.replace("#", "#pane-"));
      }
    }
  };
  for (const article of all(".article")) {
    article.addEventListener("click", (event) => {
      const mark = event.target.closest("mark[data-claim]");
      const link = event.target.closest("a");
      if (!mark || link?.classList.contains("joined") || !getSelection().isCollapsed) return;
      const claim = link ? link.hash.replace("#claim-", "") : mark.dataset.claim;
      if (link && !wide.matches) return;
      event.preventDefault();
      location.hash = hash(wide.matches ? `quote-${claim}` : `claim-${claim}`, address().query);
    });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  // The table of claims: sort by a heading, filter by verdict, certainty, theme and kind, search as you type.
  const FILTERS = ["verdict", "certainty", "theme", "kind"];
  const tables = all("table[data-table]").map((table) => {
    const lines = [...table.tBodies[0].rows];
    const texts = new Map(lines.map((line) => [line, line.textContent.toLowerCase()]));
    const place = table.closest(".wide").id;
    const row = made("div", { className: "filters" });
    row.setAttribute("role", "search");
    row.setAttribute("aria-label", "Filter the claims");
    const search = made("input", { type: "search", name: "q" });
    row.append(made("label", {}, "Search", search));
    const choices = FILTERS.map((name) => {
      const values = [...new Set(lines.map((line) => line.dataset[name]))].filter(Boolean);
      const choice = made("select", { name }, made("option", { value: "", textContent: "all" }), ...values.map(
        (value) => made("option", { value, textContent: value })));
      row.append(made("label", {}, name[0].toUpperCase() + name.slice(1), choice));
      return choice;
    });
    const count = made("output");
    const clear = made("button", { type: "button", textContent: "Show all" });
    row.append(clear, count);
    table.closest(".wide").before(row);

    const query = () => {
      const chosen = new URLSearchParams();
      for (const field of [search, ...choices]) if (field.value) chosen.set(field.name, field.value);
      const sorted = table.querySelector('[aria-sort="ascending"], [aria-sort="descending"]');
      if (sorted) chosen.set("sort", (sorted.ariaSort === "descending" ? "-" : "") + sorted.cellIndex);
      return chosen;
    };
    const narrow = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const line of lines) {
        line.hidden = !words.every((word) => texts.get(line).includes(word)) ||
          choices.some((choice) => choice.value && line.dataset[choice.name] !== choice.value);
        shown += !line.hidden;
      }
      const all = shown === lines.length;
      clear.hidden = all;
      count.value = all ? "" : `${shown} of ${lines.length} claims`;
    };
    const value = (line, column) => {
      const cell = line.cells[column];
      const rank = cell.dataset.rank ?? (cell.classList.contains("count") ? cell.textContent : null);
      return rank === null ? cell.textContent.trim().toLowerCase() : Number(rank);
    };
    const sort = (column, down) => {
      const order = [...lines].sort((one, other) => {
        const [a, b] = [value(one, column), value(other, column)];
        return (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1);
      });
      table.tBodies[0].append(...order);
      for (const heading of table.tHead.rows[0].cells) heading.ariaSort = "none";
      table.tHead.rows[0].cells[column].ariaSort = down ? "descending" : "ascending";
    };
    const keep = () => history.replaceState(null, "", hash(place, query()));
    for (const heading of table.tHead.rows[0].cells) {
      const button = made("button", { type: "button" });
      button.append(...heading.childNodes);
      heading.append(button);
      heading.ariaSort = "none";
      button.addEventListener("click", () => {
        sort(heading.cellIndex, heading.ariaSort === "ascending");
        keep();
      });
    }
    for (const field of [search, ...choices]) field.addEventListener("input", () => { narrow(); keep(); });
    clear.addEventListener("click", () => {
      for (const field of [search, ...choices]) field.value = "";
      narrow();
      keep();
      search.focus();
    });
    // A link from a line to its card takes the state along, so that it can be sent and come back to.
    table.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      if (!link || !String(query())) return;
      event.preventDefault();
      location.hash = hash(link.hash.slice(1), query());
    });
    const restore = () => {
      const { query: given } = address();
      if (!String(given)) return;
      for (const field of [search, ...choices]) field.value = given.get(field.name) ?? "";
      narrow();
      const sorted = given.get("sort");
      if (sorted && table.tHead.rows[0].cells[Math.abs(sorted)]) sort(Math.abs(sorted), sorted.startsWith("-"));
    };
    narrow();
    return restore;
  });

  // A count leads to the table with its filter set.
  for (const link of all("a[data-query]")) link.hash = hash(link.hash.slice(1), link.dataset.query);

  const arrive = () => {
    for (const restore of tables) restore();
    const { place } = address();
    if (place.startsWith("quote-")) show(place.slice("quote-".length));
    reveal();
  };
  addEventListener("hashchange", arrive);
  wide.addEventListener("change", arrive);
  arrive();

  // The summary for a mail is copied by one press; where the clipboard is closed it is selected.
  for (const part of all(".mail")) {
    const text = part.querySelector("pre");
    const button = made("button", { type: "button", textContent: "Copy" });
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(text);
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Selected: copy it with your keyboard";
      }
    });
    text.before(button);
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
    const input = made("input", { type: "search" });
    const count = made("output");
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [item, text] of items) {
        item.hidden = !words.every((word) => text.includes(word));
        shown += !item.hidden;
      }
      count.value = words.length ? `${shown} shown` : "";
    });
    list.before(made("label", { className: "filter" }, `Filter the ${items.length} ${list.dataset.filter}`, input, count));
  }
})();
