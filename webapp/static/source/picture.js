// Lets Cytoscape.js take a drawing over in place, and gives it back. What it reads of the drawing is docs/picture.md.
import { read } from "./reading.js";
import { made, Travel } from "./travel.js";

const STEP = 1.3;
const MOVE = 0.2;
const LEAST = 0.5;
const MOST = 8;
// Cytoscape would put a style element into the head, which our policy refuses; it asks for this id first.
const STYLED = "__________cytoscape_stylesheet";

// Takes the drawing over when the page is there, unless its reader is better served by the drawing itself.
export async function begin(svg) {
  const picture = new Picture(svg);
  const forced = matchMedia("(forced-colors: active)");
  forced.addEventListener("change", () => (forced.matches ? picture.withdraw() : picture.offer()));
  if (forced.matches) return;
  await loaded();
  if (navigator.connection?.saveData) picture.offer();
  else await picture.take();
}

function loaded() {
  const idle = (done) => (window.requestIdleCallback ? requestIdleCallback(done, { timeout: 1000 }) : setTimeout(done, 50));
  return new Promise((done) => {
    if (document.readyState === "complete") idle(done);
    else addEventListener("load", () => idle(done), { once: true });
  });
}

class Picture {
  constructor(svg) {
    this.svg = svg;
    this.pane = svg.parentElement;
    this.stage = made("div", { className: "picture" });
    svg.replaceWith(this.stage);
    this.stage.append(svg);
    this.toggle = button("", () => (this.cy ? this.giveBack() : this.take()));
    this.toggle.classList.add("picture__toggle");
    this.tools = made("div", { className: "picture__tools" });
    this.tools.setAttribute("role", "group");
    this.tools.setAttribute("aria-label", "The picture");
    this.status = made("p", { className: "govuk-visually-hidden picture__status" });
    this.status.setAttribute("role", "status");
    // A finger on the picture moves the page or its pane, and never gets caught; a tap is a click.
    for (const name of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
      this.stage.addEventListener(name, (event) => event.stopPropagation(), { capture: true, passive: true });
    }
    this.stage.addEventListener("wheel", (event) => this.turnWheel(event), { passive: false });
    new ResizeObserver(() => this.resize()).observe(this.stage);
    new ResizeObserver(() => this.stick()).observe(this.pane.parentElement);
    addEventListener("resize", () => this.stick());
  }

  // Beside the list the picture stays in sight; one that is taller than the window stays with its lower end.
  stick() {
    const figure = this.pane.parentElement;
    figure.style.top = `${Math.min(10, innerHeight - figure.offsetHeight - 10)}px`;
  }

  offer() {
    this.toggle.textContent = "Zoom and move the picture";
    this.tools.replaceChildren(this.toggle);
    this.showTools();
  }

  showTools() {
    if (this.tools.isConnected) return;
    this.pane.before(this.tools);
    this.pane.after(this.status);
    this.pane.parentElement.classList.add("has-tools");
  }

  async take() {
    if (this.cy || this.taking) return;
    this.taking = true;
    try {
      const { default: cytoscape } = await import("./cytoscape.min.js");
      if (matchMedia("(forced-colors: active)").matches) return;
      const focused = this.svg.contains(document.activeElement) ? document.activeElement.closest("a") : null;
      this.drawing = read(this.svg);
      await Promise.all(this.drawing.nodes.map(({ image }) => Object.assign(new Image(), { src: image }).decode()));
      this.start(cytoscape);
      await frames(3);
      this.svg.classList.add("circle--taken");
      this.addTools();
      this.addToRows();
      if (focused) this.travel.go(this.travel.stops.find((stop) => stop.link === focused));
    } catch (error) {
      // Whatever it was: the drawing is still there, with its links.
      this.withdraw();
      throw error;
    } finally {
      this.taking = false;
    }
  }

  start(cytoscape) {
    if (!document.getElementById(STYLED)) document.head.append(made("meta", { id: STYLED }));
    this.travel = new Travel(this.drawing, {
      label: this.svg.querySelector("title").textContent,
      onStop: (stop) => this.choose(stop, { reveal: true, row: this.isBeside(stop) }),
      onEnter: (stop) => this.enter(stop),
      onLeave: () => this.toggle.focus(),
    });
    this.canvas = made("div", { className: "picture__canvas" });
    this.canvas.setAttribute("aria-hidden", "true");
    this.stage.append(this.canvas, this.travel.element);
    this.pane.tabIndex = this.pane.scrollWidth > this.pane.clientWidth ? 0 : -1;
    this.pane.after(this.travel.help);
    this.base = this.stage.clientWidth / this.drawing.box.width;
    this.cy = cytoscape({
      container: this.canvas,
      elements: elementsOf(this.drawing),
      style: STYLE,
      layout: { name: "preset", fit: false },
      ...this.fitted(),
      minZoom: this.base * LEAST,
      maxZoom: this.base * MOST,
      autoungrabify: true,
      autounselectify: true,
      boxSelectionEnabled: false,
      pixelRatio: Math.max(2, window.devicePixelRatio),
      userZoomingEnabled: false,
    });
    this.cy.on("viewport", () => this.follow());
    this.cy.on("tap", "node", ({ target, position }) => this.press(stopAt(target.data("stops"), position)));
    this.cy.on("mouseover", "node", ({ target }) => this.hover(target));
    this.cy.on("mouseout", "node", () => this.hover(null));
    this.follow();
  }

  // The zoom and pan at which everything is where the drawing has it.
  fitted() {
    const { x, y } = this.drawing.box;
    return { zoom: this.base, pan: { x: -x * this.base, y: -y * this.base } };
  }

  // Moves what lies behind and before the canvas with it.
  follow() {
    const { x, y } = this.cy.pan();
    const zoom = this.cy.zoom();
    const { box } = this.drawing;
    this.svg.style.transform = `translate(${x + zoom * box.x}px, ${y + zoom * box.y}px) scale(${zoom / this.base})`;
    this.travel.place({ x, y }, zoom);
  }

  resize() {
    if (!this.cy) return;
    const base = this.stage.clientWidth / this.drawing.box.width;
    if (!base || base === this.base) return;
    const share = base / this.base;
    const { x, y } = this.cy.pan();
    const zoom = this.cy.zoom();
    this.base = base;
    this.cy.resize();
    this.cy.minZoom(base * LEAST).maxZoom(base * MOST);
    this.cy.viewport({ zoom: zoom * share, pan: { x: x * share, y: y * share } });
    this.follow();
  }

  hover(node) {
    this.cy.nodes(".hovered").removeClass("hovered");
    node?.addClass("hovered");
    this.canvas.style.cursor = node ? "pointer" : "";
  }

  turnWheel(event) {
    if (!this.cy || !event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.stage.getBoundingClientRect();
    const factor = Math.exp(-Math.max(-50, Math.min(50, event.deltaY)) / 200);
    this.zoomBy(factor, { x: event.clientX - left, y: event.clientY - top });
  }

  zoomBy(factor, at = { x: this.pane.scrollLeft + this.pane.clientWidth / 2, y: this.stage.clientHeight / 2 }) {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: at });
  }

  moveBy(across, down) {
    this.cy.panBy({ x: -across * MOVE * this.pane.clientWidth, y: -down * MOVE * this.stage.clientHeight });
  }

  fit() {
    this.cy.viewport(this.fitted());
  }

  addTools() {
    this.toggle.textContent = "Show as plain picture";
    this.tools.replaceChildren(
      button("Zoom in", () => this.zoomBy(STEP)),
      button("Zoom out", () => this.zoomBy(1 / STEP)),
      button("Fit", () => this.fit()),
      button("Left", () => this.moveBy(-1, 0), "Move left"),
      button("Right", () => this.moveBy(1, 0), "Move right"),
      button("Up", () => this.moveBy(0, -1), "Move up"),
      button("Down", () => this.moveBy(0, 1), "Move down"),
      this.toggle,
    );
    this.showTools();
  }

  // A pointer on a card: its row is shown; a link to another page is followed.
  press(stop) {
    if (stop.href && !stop.href.startsWith("#")) location.assign(stop.href);
    else {
      this.travel.rove(stop);
      this.choose(stop, { row: true });
    }
  }

  // One choice for picture and list: the card, its row or rows, and what is said.
  choose(stop, { reveal = false, row = false }) {
    this.clear();
    const rows = rowsOf(stop);
    this.cy.getElementById(stop.node.key).addClass("chosen");
    for (const one of rows) one.classList.add("card--chosen");
    if (rows.length === 1) rows[0].setAttribute("aria-current", "true");
    this.status.textContent = stop.say;
    if (reveal) this.reveal(stop);
    if (row) rows[0]?.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.cy.nodes(".chosen").removeClass("chosen");
    for (const row of document.querySelectorAll(".card--chosen")) {
      row.classList.remove("card--chosen");
      row.removeAttribute("aria-current");
    }
  }

  // Whether the list stands beside the picture, so that both can be seen at once.
  isBeside(stop) {
    const [row] = rowsOf(stop);
    return row !== undefined && row.getBoundingClientRect().left >= this.pane.getBoundingClientRect().right;
  }

  reveal({ left, top, width, height, node }) {
    const { x, y } = this.cy.pan();
    const zoom = this.cy.zoom();
    const within = (start, length, shift, room) => start * zoom + shift >= 0 && (start + length) * zoom + shift <= room;
    const shown = within(left, width, x, this.stage.clientWidth) && within(top, height, y, this.stage.clientHeight);
    if (!shown) this.cy.center(this.cy.getElementById(node.key));
    this.travel.elements.get(this.travel.current).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  enter(stop) {
    const target = document.getElementById(stop.href.slice(1));
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus();
  }

  // Each row that the picture has gets a way to its card.
  addToRows() {
    for (const stop of this.travel.stops) {
      for (const row of rowsOf(stop).filter((one) => one.classList.contains("card"))) {
        const name = row.querySelector("h3, h4, .card__name")?.firstChild?.textContent.trim() ?? stop.label;
        const show = button("Show in picture", () => this.show(stop), `Show in picture: ${name}`);
        show.className = "picture-show";
        row.append(show);
      }
    }
  }

  show(stop) {
    this.travel.go(stop);
    this.pane.scrollIntoView({ block: "nearest" });
  }

  giveBack() {
    if (this.cy) this.clear();
    for (const show of document.querySelectorAll(".picture-show")) show.remove();
    this.cy?.destroy();
    this.cy = null;
    for (const element of [this.canvas, this.travel?.element, this.travel?.help]) element?.remove();
    this.svg.style.transform = "";
    this.svg.classList.remove("circle--taken");
    this.pane.tabIndex = 0;
    this.status.textContent = "";
    this.offer();
  }

  withdraw() {
    this.giveBack();
    this.tools.remove();
    this.pane.parentElement.classList.remove("has-tools");
  }
}

function rowsOf(stop) {
  return stop.rows.map((id) => document.getElementById(id)).filter(Boolean);
}

function stopAt(stops, { y }) {
  const away = (stop) => Math.abs(y - stop.top - stop.height / 2);
  return stops.reduce((nearest, stop) => (away(stop) < away(nearest) ? stop : nearest));
}

function frames(number) {
  return new Promise((done) => {
    const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
    next(number);
  });
}

function button(words, pressed, label = "") {
  const element = made("button", { type: "button", className: "picture__tool", textContent: words });
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", pressed);
  return element;
}

function elementsOf({ nodes, lines }) {
  const middles = new Map(nodes.map((node) => [node.key, node]));
  return {
    nodes: nodes.map(({ key, kind, x, y, width, height, image, imageWidth, imageHeight, margin, stops }) => ({
      data: { id: key, kind, width, height, image, imageWidth, imageHeight, margin, stops },
      position: { x, y },
    })),
    edges: lines.map(({ from, to, start, end, bends, colour, width, dashes, cap }) => ({
      data: {
        source: from,
        target: to,
        colour,
        width,
        dashes: dashes ?? [1, 0],
        kind: dashes ? "dashed" : "solid",
        cap,
        curve: bends.length ? "segments" : "straight",
        shares: bends.map(({ share }) => share),
        distances: bends.map(({ distance }) => distance),
        start: ends(start, middles.get(from)),
        end: ends(end, middles.get(to)),
      },
    })),
  };
}

function ends(point, middle) {
  return `${point.x - middle.x}px ${point.y - middle.y}px`;
}

const STYLE = [
  {
    selector: "node",
    style: {
      shape: "rectangle",
      width: "data(width)",
      height: "data(height)",
      "background-opacity": 0,
      "background-image": "data(image)",
      "background-fit": "none",
      "background-clip": "none",
      "background-image-containment": "over",
      "background-width": "data(imageWidth)",
      "background-height": "data(imageHeight)",
      "bounds-expansion": "data(margin)",
      "overlay-opacity": 0,
    },
  },
  {
    selector: "node.chosen",
    style: {
      "underlay-color": "#ffdd00",
      "underlay-opacity": 1,
      "underlay-padding": 9,
      "underlay-shape": "round-rectangle",
      "outline-width": 3,
      "outline-color": "#0b0c0c",
      "outline-offset": 9,
    },
  },
  { selector: "node.hovered", style: { "outline-width": 3, "outline-color": "#0b0c0c", "outline-offset": 2 } },
  {
    selector: "edge",
    style: {
      width: "data(width)",
      "line-color": "data(colour)",
      "line-style": "data(kind)",
      "line-dash-pattern": (edge) => edge.data("dashes"),
      "line-cap": "data(cap)",
      "curve-style": "data(curve)",
      "edge-distances": "endpoints",
      "source-endpoint": (edge) => edge.data("start"),
      "target-endpoint": (edge) => edge.data("end"),
      "overlay-opacity": 0,
      events: "no",
    },
  },
  {
    selector: 'edge[curve = "segments"]',
    style: {
      "segment-weights": (edge) => edge.data("shares"),
      "segment-distances": (edge) => edge.data("distances"),
    },
  },
];
