// Review: filters, search, keys and long lists for the page of review_html.py, which can be read without them.
//
// Names and text come from the page's own data and go back into it as text, never as markup. Nothing is fetched.
"use strict";
(() => {
  const ROW_PIXELS = 28;
  const SHOWN_ROWS = 11;
  const NAMES_OFFERED = 30;
  const FOUND_MAX = 400;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const blocks = new Map([...document.querySelectorAll("details.group")].map((block) => [Number(block.dataset.number), block]));
  const links = new Map([...document.querySelectorAll("a[data-link]")].map((link) => [Number(link.dataset.link), link]));
  const counted = (count) => count.toLocaleString("en-US");
  root.classList.add("is-scripted");

  // Who: targets as numbers, and of each its tenant and prompt.
  const tenantOf = [];
  const promptOf = [];
  data.of.forEach((prompts, tenant) => prompts.forEach((prompt) => { tenantOf.push(tenant); promptOf.push(prompt); }));
  const tenantsInLowerCase = data.tenants.map((name) => name.toLowerCase());

  function numbersOf(said) {
    if (typeof said === "string") {
      const bytes = atob(said);
      const found = [];
      for (let at = 0; at < tenantOf.length; at += 1) {
        if (bytes.charCodeAt(at >> 3) >> (at & 7) & 1) found.push(at);
      }
      return Uint32Array.from(found);
    }
    let at = 0;
    return Uint32Array.from(said, (step) => (at += step));
  }
  const groups = data.groups.map((group) => ({ ...group, targets: numbersOf(group.targets), block: blocks.get(group.number), text: null }));
  const byNumber = new Map(groups.map((group) => [group.number, group]));

  function textOf(group) {
    if (group.text === null) {
      const parts = group.block ? group.block.querySelectorAll("summary h3, .line:not(.again), .causes, .fact dl, .fact td") : [];
      group.text = [...parts].map((part) => part.textContent).join("\n").toLowerCase();
    }
    return group.text;
  }

  // Filters: which targets match, and so which groups.
  const fields = ["class", "prompt", "label", "owner", "tenant"].map((name) => [name, byId(`by-${name}`)]).filter(([, field]) => field);
  const search = byId("search");
  const status = byId("status");
  const value = (name) => (fields.find(([one]) => one === name) || [])[1]?.value.trim() ?? "";

  function wanted() {
    const tenant = value("tenant").toLowerCase();
    const exact = tenantsInLowerCase.indexOf(tenant);
    const [key, number] = value("label").split(":").map(Number);
    return {
      class: value("class"),
      owner: value("owner"),
      text: (search?.value ?? "").trim().toLowerCase(),
      tests: [
        value("prompt") && ((at) => promptOf[at] === Number(value("prompt"))),
        value("label") && ((at) => data.labels[key].of[tenantOf[at]] === number),
        tenant && (exact >= 0 ? (at) => tenantOf[at] === exact : (at) => tenantsInLowerCase[tenantOf[at]].includes(tenant)),
      ].filter(Boolean),
    };
  }

  function marks(test) {
    return Uint8Array.from(tenantOf, (_, at) => (test(at) ? 1 : 0));
  }

  function matching(group, want, chosen, named) {
    if (want.class && group.class !== want.class) return null;
    if (want.owner && !group.owners.includes(want.owner)) return null;
    const kept = chosen ? group.targets.filter((at) => chosen[at]) : group.targets;
    if (!want.text || textOf(group).includes(want.text)) return kept.length ? kept : null;
    const found = kept.filter((at) => named[at]);
    return found.length ? found : null;
  }

  function apply() {
    const want = wanted();
    const chosen = want.tests.length ? marks((at) => want.tests.every((test) => test(at))) : null;
    const hits = want.text ? tenantsInLowerCase.map((name) => name.includes(want.text)) : [];
    const named = want.text
      ? marks((at) => hits[tenantOf[at]] || `${tenantsInLowerCase[tenantOf[at]]}/${data.prompts[promptOf[at]].toLowerCase()}`.includes(want.text))
      : null;
    const isFiltered = Boolean(want.class || want.owner || want.text || chosen);
    const reached = new Uint8Array(tenantOf.length);
    let shown = 0;
    let unseen = 0;
    for (const group of groups) {
      const found = matching(group, want, chosen, named);
      group.found = isFiltered ? found : null;
      if (found) found.forEach((at) => { reached[at] = 1; });
      if (!group.block) { unseen += found ? 1 : 0; continue; }
      shown += found ? 1 : 0;
      show(group, found, isFiltered);
    }
    const count = reached.reduce((sum, one) => sum + one, 0);
    byId("clear").hidden = !isFiltered;
    byId("nothing").hidden = shown > 0;
    status.textContent = isFiltered
      ? `${counted(shown)} of ${counted(blocks.size)} groups, ${counted(count)} of ${counted(tenantOf.length)} targets`
        + (unseen ? `; ${counted(unseen)} more groups that are not shown here match` : "")
      : `${counted(blocks.size)} groups, ${counted(tenantOf.length)} targets`;
    highlight(want.text);
  }

  function show(group, found, isFiltered) {
    group.block.hidden = !found;
    const link = links.get(group.number);
    if (link) {
      link.parentElement.hidden = !found;
      link.querySelector(".count").textContent = counted((found ?? group.targets).length);
    }
    const isPart = isFiltered && found && found.length < group.targets.length;
    let note = group.block.querySelector(".matching");
    if (!note && isPart) {
      note = document.createElement("span");
      note.className = "matching";
      group.block.querySelector(".reach").append(note);
    }
    if (note) note.textContent = isPart ? ` ${counted(found.length)} match` : "";
    const who = group.block.querySelector("details.who");
    if (who.open) list(who);
  }

  function highlight(words) {
    if (!window.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("found");
    if (words.length < 2) return;
    const ranges = [];
    for (const { block } of groups) {
      if (!block || block.hidden || ranges.length > FOUND_MAX) continue;
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() && ranges.length <= FOUND_MAX) {
        const said = walker.currentNode.data.toLowerCase();
        // A letter may have another length in lower case; then positions would not fit.
        if (said.length !== walker.currentNode.data.length) continue;
        for (let at = said.indexOf(words); at >= 0; at = said.indexOf(words, at + words.length)) {
          const range = new Range();
          range.setStart(walker.currentNode, at);
          range.setEnd(walker.currentNode, at + words.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  // Lists of targets: of many only the rows that are in sight exist.
  function list(who) {
    const group = byNumber.get(Number(who.dataset.targets));
    const plain = who.querySelector("ul.targets");
    const numbers = group.found ?? group.targets;
    const isPlain = !plain.querySelector(".more") && numbers.length === group.targets.length;
    who.querySelector(".rows")?.remove();
    plain.hidden = !isPlain;
    if (!isPlain) who.append(rows(numbers));
  }

  function rows(numbers) {
    const box = document.createElement("div");
    const inner = document.createElement("div");
    box.className = "rows";
    box.tabIndex = 0;
    box.setAttribute("role", "list");
    box.setAttribute("aria-label", `${counted(numbers.length)} targets`);
    box.style.height = `${Math.min(numbers.length, SHOWN_ROWS) * ROW_PIXELS + 2}px`;
    inner.style.height = `${numbers.length * ROW_PIXELS}px`;
    inner.setAttribute("role", "presentation");
    box.append(inner);
    const draw = () => {
      const first = Math.max(0, Math.floor(box.scrollTop / ROW_PIXELS) - 4);
      const last = Math.min(numbers.length, first + SHOWN_ROWS + 9);
      inner.replaceChildren(...Array.from({ length: last - first }, (_, at) => row(numbers, first + at)));
    };
    box.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
    draw();
    return box;
  }

  function row(numbers, at) {
    const line = document.createElement("div");
    const name = document.createElement("code");
    const labels = document.createElement("span");
    const tenant = tenantOf[numbers[at]];
    line.setAttribute("role", "listitem");
    line.setAttribute("aria-setsize", numbers.length);
    line.setAttribute("aria-posinset", at + 1);
    line.style.top = `${at * ROW_PIXELS}px`;
    name.textContent = `${data.tenants[tenant]}/${data.prompts[promptOf[numbers[at]]]}`;
    labels.className = "labels";
    labels.textContent = data.labels.filter(({ of }) => of[tenant] >= 0).map(({ key, values, of }) => `${key}=${values[of[tenant]]}`).join(" ");
    line.append(name, labels);
    return line;
  }

  // Viewed: remembered for this very plan, where the browser lets a file remember.
  const place = `promptc.review ${data.plan}`;
  const viewed = new Set((() => { try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; } })());

  function setViewed(number, is) {
    if (is) viewed.add(number); else viewed.delete(number);
    try { localStorage.setItem(place, JSON.stringify([...viewed])); } catch { /* It is only not remembered. */ }
    showViewed(number);
  }

  function showViewed(number) {
    const block = blocks.get(number);
    if (block) {
      block.classList.toggle("is-viewed", viewed.has(number));
      block.querySelector(".seen input").checked = viewed.has(number);
      links.get(number)?.classList.toggle("is-viewed", viewed.has(number));
    }
    const count = [...viewed].filter((one) => blocks.has(one)).length;
    byId("viewed").textContent = blocks.size ? `${counted(count)} of ${counted(blocks.size)} viewed` : "";
  }

  function offerViewed(block, number) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    label.className = "seen";
    box.type = "checkbox";
    box.addEventListener("change", () => { setViewed(number, box.checked); if (box.checked) block.open = false; });
    label.append(box, " Viewed");
    block.querySelector(".body").append(label);
  }

  // Keys.
  let current = null;
  const inSight = () => [...blocks.values()].filter((block) => !block.hidden);

  function go(step) {
    const all = inSight();
    if (!all.length) return;
    const at = all.indexOf(current);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    choose(all[next]);
    all[next].querySelector("summary").focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "start" });
  }

  function choose(block) {
    current?.classList.remove("is-current");
    current = block;
    current.classList.add("is-current");
    links.forEach((link, number) => {
      const is = blocks.get(number) === block;
      if (is) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }); } else link.removeAttribute("aria-current");
    });
  }

  function clear() {
    fields.forEach(([, field]) => { field.value = ""; });
    if (search) search.value = "";
    if (groups.length) apply();
  }

  const keys = {
    j: () => go(1),
    k: () => go(-1),
    e: () => { const block = current ?? inSight()[0]; if (block) { choose(block); block.open = !block.open; } },
    a: () => { const all = inSight(); const open = all.some((block) => !block.open); all.forEach((block) => { block.open = open; }); },
    u: () => byId("unified")?.click(),
    v: () => { if (current) { const box = current.querySelector(".seen input"); box.click(); } },
    "/": () => search?.focus(),
    Escape: clear,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isField = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (isField && event.key === "Escape") { clear(); event.target.blur(); return; }
    if (isField || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  function openHash() {
    const block = blocks.get(Number((location.hash.match(/^#g(\d+)$/) ?? [])[1]));
    if (!block) return;
    block.open = true;
    choose(block);
  }

  async function copy(button) {
    try { await navigator.clipboard.writeText(button.dataset.copy); button.textContent = "Copied"; } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  // Wiring.
  let due = 0;
  const soon = () => { clearTimeout(due); due = setTimeout(apply, 60); };
  document.addEventListener("input", (event) => { if (event.target.matches("#search, .filters input, .filters select")) soon(); });
  byId("by-tenant")?.addEventListener("input", (event) => {
    const said = event.target.value.trim().toLowerCase();
    const names = said ? data.tenants.filter((_, at) => tenantsInLowerCase[at].includes(said)).slice(0, NAMES_OFFERED) : [];
    byId("tenants").replaceChildren(...names.map((name) => new Option(name, name)));
  });
  byId("clear")?.addEventListener("click", clear);
  document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  document.addEventListener("click", (event) => {
    const number = Number((event.target.closest?.("a[href^='#g']")?.hash.match(/^#g(\d+)$/) ?? [])[1]);
    if (blocks.has(number)) { blocks.get(number).open = true; choose(blocks.get(number)); }
    const block = event.target.closest?.("details.group");
    if (block) choose(block);
  });
  document.addEventListener("toggle", (event) => { if (event.target.matches?.("details.who") && event.target.open) list(event.target); }, true);
  addEventListener("hashchange", openHash);
  let closed = [];
  addEventListener("beforeprint", () => { closed = inSight().filter((block) => !block.open); closed.forEach((block) => { block.open = true; }); });
  addEventListener("afterprint", () => closed.forEach((block) => { block.open = false; }));
  blocks.forEach((block, number) => { offerViewed(block, number); showViewed(number); });
  if (groups.length) apply();
  openHash();
  root.dataset.ready = "yes";
})();
