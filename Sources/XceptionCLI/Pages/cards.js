"use strict";
// Photos on cards, a large view of one, and a choice of several.

/// The folder that all paths share, with its slash.
function commonFolder(paths) {
  if (!paths.length) return "";
  let folder = paths[0].slice(0, paths[0].lastIndexOf("/") + 1);
  for (const path of paths) while (!path.startsWith(folder)) folder = folder.slice(0, folder.slice(0, -1).lastIndexOf("/") + 1);
  return folder;
}

/// Where the browser may find a photo: a path is relative to the folder that the program ran in.
function address(photo) {
  const path = photo.href ?? photo.path.split("/").map(encodeURIComponent).join("/");
  return photo.path.startsWith("/") ? "file://" + path : data.base + path;
}

/// What the page shows, in the fragment of its address: reloaded, sent or kept as a bookmark it shows the same.
const state = {
  values: new URLSearchParams(location.hash.slice(1)),
  get(key, otherwise = "") { return this.values.get(key) ?? otherwise; },
  set(key, value, otherwise = "") {
    if (value === otherwise) this.values.delete(key);
    else this.values.set(key, value);
    history.replaceState(null, "", this.values.size ? "#" + this.values : location.pathname + location.search);
  },
};

/// Where in a photo the evidence for its label is, to lie over the photo.
function overlay(photo) {
  return photo.evidence ? [element("img", { class: "evidence", alt: "", src: "data:image/png;base64," + photo.evidence })] : [];
}

/// Cards in groups, made as they come into sight.
///
/// A photo has path, thumbnail, title, value (0 to 1), note, details: pairs of a text and a value, and perhaps evidence.
class Gallery {
  constructor(root) {
    this.root = root;
    this.groups = [];
    this.shown = [];
    this.selected = new Set();
    this.end = element("div", { id: "more" });
    root.after(this.end);
    this.sight = new IntersectionObserver(entries => entries.at(-1).isIntersecting && this.more(), { rootMargin: "1500px" });
    root.addEventListener("click", event => this.clicked(event));
    root.addEventListener("keydown", event => this.keyPressed(event));
    root.addEventListener("change", event => this.chosen(event));
    addEventListener("beforeprint", () => { while (this.next < this.order.length) this.more(); });
    this.viewer = new Viewer(this);
  }

  /// - groups: of { title, photos }; a group without a title has no heading.
  show(groups) {
    this.groups = groups.filter(group => group.photos.length);
    this.shown = this.groups.flatMap(group => group.photos);
    this.order = this.groups.flatMap(group => group.photos.map((photo, index) => ({ photo, group: index === 0 ? group : null })));
    this.next = 0;
    this.root.replaceChildren();
    this.nodes = [];
    this.more();
  }

  more() {
    for (const end = Math.min(this.next + 80, this.order.length); this.next < end; this.next++) {
      const { photo, group } = this.order[this.next];
      if (group) {
        if (group.title) this.root.append(element("h2", {}, group.title, " ", element("span", { class: "dim" }, group.photos.length)));
        this.list = this.root.appendChild(element("ul", { class: "cards", "aria-label": group.title ?? "Photos" }));
      }
      const node = this.card(photo, this.next);
      this.nodes.push(node);
      this.list.append(node);
    }
    // Observed again: the end of the page may still be in sight.
    this.sight.unobserve(this.end);
    if (this.next < this.order.length) this.sight.observe(this.end);
  }

  card(photo, index) {
    const name = photo.path.slice(photo.path.lastIndexOf("/") + 1);
    const title = element("span", { class: "title" }, element("span", {}, photo.title));
    if (photo.value !== undefined) title.append(element("span", {}, percent(photo.value)));
    const link = element("a", { href: address(photo), "data-index": index },
      photo.thumbnail
        ? element("img", { alt: "", src: "data:image/jpeg;base64," + photo.thumbnail, decoding: "async" })
        : element("span", { class: "none" }),
      ...overlay(photo),
      element("span", { class: "text" }, title, element("span", { class: "dim" }, photo.note || "\u00a0"),
        element("span", { class: "dim", title: photo.path }, name)));
    const box = element("input", { type: "checkbox", "aria-label": "Select " + name, "data-index": index });
    box.checked = this.selected.has(photo);
    const node = element("li", { class: "card" + (box.checked ? " selected" : "") }, link, box);
    if (photo.stack > 1) node.append(element("span", { class: "stack" }, "+" + (photo.stack - 1), element("span", { class: "visually-hidden" }, " look-alikes")));
    return node;
  }

  clicked(event) {
    const link = event.target.closest("a[data-index]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.viewer.open(Number(link.dataset.index));
  }

  keyPressed(event) {
    const link = event.target.closest("a[data-index]");
    if (!link) return;
    if (event.key === " " || event.key === "x") {
      event.preventDefault();
      link.parentNode.querySelector("input").click();
      return;
    }
    const index = Number(link.dataset.index);
    const target = { ArrowLeft: index - 1, ArrowRight: index + 1, ArrowUp: this.beside(index, -1), ArrowDown: this.beside(index, 1), Home: 0 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.focus(Math.max(0, Math.min(target, this.shown.length - 1)));
  }

  /// The card above or below.
  beside(index, direction) {
    const from = this.nodes[index].getBoundingClientRect();
    let best = index;
    for (let other = index + direction; other >= 0 && other < this.nodes.length; other += direction) {
      const to = this.nodes[other].getBoundingClientRect();
      if (direction * (to.top - from.top) <= 1) continue;
      if (best !== index && Math.abs(to.top - this.nodes[best].getBoundingClientRect().top) > 1) break;
      if (best === index || Math.abs(to.left - from.left) < Math.abs(this.nodes[best].getBoundingClientRect().left - from.left)) best = other;
    }
    return best;
  }

  focus(index) {
    while (index >= this.next) this.more();
    this.nodes[index].querySelector("a").focus();
    this.nodes[index].scrollIntoView({ block: "nearest" });
  }

  chosen(event) {
    const box = event.target.closest("input[data-index]");
    if (!box) return;
    this.select([this.shown[Number(box.dataset.index)]], box.checked);
  }

  select(photos, isSelected) {
    for (const photo of photos) this.selected[isSelected ? "add" : "delete"](photo);
    for (const [index, node] of this.nodes.entries()) {
      const isChosen = this.selected.has(this.shown[index]);
      node.classList.toggle("selected", isChosen);
      node.querySelector("input").checked = isChosen;
    }
    this.root.classList.toggle("selecting", this.selected.size > 0);
    this.onselection?.();
  }
}

/// One photo as large as the window, from its own file where the browser may open it.
class Viewer {
  constructor(gallery) {
    this.gallery = gallery;
    this.photo = element("div", { class: "photo" });
    this.text = element("div");
    const button = (text, label, action) => element("button", { type: "button", "aria-label": label, onclick: action }, text);
    this.dialog = element("dialog", { "aria-label": "Photo" }, this.photo,
      element("aside", {}, element("nav", {},
        button("←", "Previous photo", () => this.step(-1)), button("→", "Next photo", () => this.step(1)),
        button("Close", "Close", () => this.dialog.close())), this.text));
    this.dialog.onclose = () => {
      state.set("photo", "");
      gallery.focus(this.index);
    };
    this.dialog.onkeydown = event => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };
      if (event.key === "x") gallery.select([this.current], !gallery.selected.has(this.current));
      else if (event.key === "Home") this.step(-this.index);
      else if (event.key === "End") this.step(gallery.shown.length - 1 - this.index);
      else if (steps[event.key]) this.step(steps[event.key]);
      else return;
      event.preventDefault();
    };
    document.body.append(this.dialog);
  }

  get current() { return this.gallery.shown[this.index]; }

  step(count) {
    const index = Math.max(0, Math.min(this.index + count, this.gallery.shown.length - 1));
    if (index !== this.index) this.open(index);
  }

  open(index) {
    this.index = index;
    const photo = this.current, source = address(photo);
    const thumbnail = photo.thumbnail && "data:image/jpeg;base64," + photo.thumbnail;
    const image = element("img", { alt: photo.title, src: source });
    image.onerror = () => {
      image.onerror = null;
      if (thumbnail) image.src = thumbnail;
      image.classList.add("small");
      this.photo.append(element("p", {}, "This browser cannot show the file; this is its thumbnail."));
    };
    this.photo.replaceChildren(image, ...overlay(photo));
    const values = element("ul", { class: "values" });
    for (const [text, value] of photo.details ?? []) {
      values.append(element("li", {}, element("i", { style: "width: " + percent(value) }), element("span", {}, text), element("span", {}, percent(value))));
    }
    this.text.replaceChildren(
      element("p", { class: "path" }, element("a", { href: source, target: "_blank" }, photo.path)),
      ...(photo.path_of_concept ? [element("p", { class: "dim" }, photo.path_of_concept)] : []), values,
      element("p", { class: "dim" }, index + 1 + " of " + this.gallery.shown.length));
    if (!this.dialog.open) this.dialog.showModal();
    state.set("photo", photo.path);
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages from a file may not use the clipboard in every browser.
    const area = element("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
