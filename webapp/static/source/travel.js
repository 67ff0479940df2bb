// The keyboard's way through a picture: one stop for each link, laid over the drawing, of which one is in the order of tabs.

const HELP =
  "Left and right arrow keys go round the circle, up and down follow the lines. Home goes to the middle, " +
  "Enter to the row of the list, Escape leaves the picture.";

export class Travel {
  constructor(picture, { label, onStop, onEnter, onLeave }) {
    this.picture = picture;
    this.on = { stop: onStop, enter: onEnter, leave: onLeave };
    this.stops = picture.nodes.flatMap((node) => node.stops);
    this.elements = new Map(this.stops.map((stop) => [stop, proxy(stop)]));
    this.help = made("p", { className: "picture__help", id: "picture-help", textContent: HELP });
    this.plane = made("div", { className: "picture__plane" });
    this.plane.append(...this.elements.values());
    this.element = made("div", { className: "picture__keys" });
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-describedby", this.help.id);
    this.element.append(this.plane);
    this.parents = parentsOf(picture);
    this.current = this.stopsOf(picture.home)[0];
    this.rove(this.current);
    for (const [stop, element] of this.elements) {
      element.addEventListener("focus", () => this.arrive(stop));
      element.addEventListener("click", (event) => this.enter(event, stop));
    }
    this.element.addEventListener("keydown", (event) => this.press(event));
  }

  stopsOf(key) {
    return this.stops.filter((stop) => stop.node.key === key);
  }

  rove(stop) {
    this.elements.get(this.current).tabIndex = -1;
    this.elements.get(stop).tabIndex = 0;
    this.current = stop;
  }

  arrive(stop) {
    this.rove(stop);
    this.on.stop(stop);
  }

  go(stop) {
    if (stop) this.elements.get(stop).focus({ preventScroll: true });
  }

  enter(event, stop) {
    if (!stop.href?.startsWith("#")) return;
    event.preventDefault();
    this.on.enter(stop);
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const ways = {
      ArrowRight: () => this.go(this.beside(1)),
      ArrowLeft: () => this.go(this.beside(-1)),
      ArrowUp: () => this.go(this.stopsOf(this.parents.get(this.current.node.key))[0]),
      ArrowDown: () => this.go(this.outward()),
      Home: () => this.go(this.stopsOf(this.picture.home)[0]),
      Escape: () => this.on.leave(),
    };
    if (!(event.key in ways)) return;
    event.preventDefault();
    ways[event.key]();
  }

  // The next of those that hang on the same node, and round again; from the middle, the first of all.
  beside(step) {
    const parent = this.parents.get(this.current.node.key);
    if (parent === undefined) return step > 0 ? this.outward() : this.hangingOn(this.picture.home).at(-1);
    const ring = this.hangingOn(parent);
    return ring[(ring.indexOf(this.current) + step + ring.length) % ring.length];
  }

  outward() {
    return this.hangingOn(this.current.node.key)[0];
  }

  hangingOn(key) {
    return this.stops.filter((stop) => this.parents.get(stop.node.key) === key);
  }

  // Keeps the stops where their cards are.
  place({ x, y }, zoom) {
    this.plane.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    this.plane.style.setProperty("--zoom", zoom);
  }
}

// Each node's neighbour on the way to the middle. What no line reaches hangs on the middle.
function parentsOf({ nodes, lines, home }) {
  const parents = new Map([[home, undefined]]);
  for (const key of parents.keys()) {
    for (const { from, to } of lines) {
      const other = from === key ? to : to === key ? from : null;
      if (other !== null && !parents.has(other)) parents.set(other, key);
    }
  }
  for (const { key } of nodes) if (!parents.has(key)) parents.set(key, home);
  return parents;
}

function proxy(stop) {
  const element = made("a", { className: "picture__stop", href: stop.href, tabIndex: -1 });
  element.setAttribute("aria-label", stop.label);
  for (const side of ["left", "top", "width", "height"]) element.style[side] = `${stop[side]}px`;
  return element;
}

export function made(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
