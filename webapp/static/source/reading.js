// Reads a drawing by its attributes (docs/picture.md) into plain values: nothing here knows what the nodes are.

const LOOKS = {
  fill: "rgb(0, 0, 0)",
  "fill-opacity": "1",
  stroke: "none",
  "stroke-width": "1px",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-opacity": "1",
  "font-size": "16px",
  "font-weight": "400",
  "text-anchor": "start",
  "text-decoration-line": "none",
  "paint-order": "normal",
};
const SCALE = 2;

// The nodes and lines of a drawing that is on show, and the part of the plane that it covers.
export function read(svg) {
  svg.classList.add("circle--read");
  const nodes = [...svg.querySelectorAll('[data-layer="nodes"] [data-key]')].map(readNode);
  const home = (nodes.find((node) => node.home) ?? nodes[0]).key;
  const keys = new Set(nodes.map((node) => node.key));
  const lines = [...svg.querySelectorAll('[data-layer="lines"] [data-from]')].map((line) => readLine(line, keys, home));
  svg.classList.remove("circle--read");
  const { x, y, width, height } = svg.viewBox.baseVal;
  return { nodes, lines, home, box: { x, y, width, height } };
}

function readNode(element) {
  const { key, kind, x, y, width, height, home } = element.dataset;
  const node = { key, kind, x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
  node.home = home !== undefined;
  node.left = node.x - node.width / 2;
  node.top = node.y - node.height / 2;
  return Object.assign(node, pictured(element, node), { stops: readStops(element, node) });
}

// The links of a node, each with its part of the node; a node without any is one stop itself.
function readStops(element, node) {
  const links = [...element.querySelectorAll("a[href]")];
  if (links.length < 2) {
    const [link] = links;
    const { say, href } = element.dataset;
    return [link ? readLink(link, node, node) : { href, say, label: say, rows: [], node, ...area(node) }];
  }
  return links.map((link) => {
    const { y, height } = link.getBBox();
    return readLink(link, node, { left: node.left, width: node.width, top: y - 1, height: height + 2 });
  });
}

function readLink(link, node, place) {
  const href = link.getAttribute("href");
  const label = link.getAttribute("aria-label");
  const { say = label, rows = href.startsWith("#") ? href.slice(1) : "" } = link.dataset;
  return { href, label, say, rows: rows.split(" ").filter(Boolean), node, link, ...area(place) };
}

function area({ left, top, width, height }) {
  return { left, top, width, height };
}

// A line as Cytoscape has it: its two ends measured from the middles of its nodes, and where it bends.
function readLine(element, keys, home) {
  const known = (key) => (keys.has(key) ? key : home);
  const look = getComputedStyle(element);
  const [start, ...rest] = pointsOf(element);
  const end = rest.pop();
  return {
    from: known(element.dataset.from),
    to: known(element.dataset.to),
    start,
    end,
    bends: rest.filter((point) => Math.abs(across(start, end, point).distance) > 0.5).map((point) => across(start, end, point)),
    colour: look.stroke,
    width: parseFloat(look.strokeWidth),
    dashes: look.strokeDasharray === "none" ? null : look.strokeDasharray.split(/[ ,]+/).map(parseFloat),
    cap: look.strokeLinecap,
  };
}

function pointsOf(element) {
  if (element.points) return [...element.points].map(({ x, y }) => ({ x, y }));
  const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => element[name].baseVal.value);
  return [{ x: x1, y: y1 }, { x: x2, y: y2 }];
}

// Where a point is beside a line: how far along, as a share of it, and how far off.
function across(start, end, point) {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const [px, py] = [point.x - start.x, point.y - start.y];
  const length = Math.hypot(dx, dy);
  return { share: (px * dx + py * dy) / length ** 2, distance: (dx * py - dy * px) / length };
}

// A node as an image of itself. Its style is written into attributes: an image has no style sheet, and no policy to break.
function pictured(element, node) {
  const { x, y, width, height } = element.getBBox();
  const over = [node.left - x, node.top - y, x + width - node.left - node.width, y + height - node.top - node.height];
  const margin = Math.ceil(Math.max(4, ...over.map((side) => side + 4)));
  const [w, h] = [node.width + 2 * margin, node.height + 2 * margin];
  const view = `${node.left - margin} ${node.top - margin} ${w} ${h}`;
  const family = getComputedStyle(element).fontFamily.replaceAll('"', "'");
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w * SCALE}" height="${h * SCALE}" viewBox="${view}" font-family="${family}">` +
    `${drawn(element)}</svg>`;
  const encoded = encodeURIComponent(text).replace(/['()]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return { margin, imageWidth: w, imageHeight: h, image: `data:image/svg+xml;utf8,${encoded}` };
}

function drawn(element) {
  const look = getComputedStyle(element);
  if (look.display === "none") return "";
  const inside = [...element.childNodes]
    .map((child) => (child.nodeType === Node.TEXT_NODE ? escaped(child.data.trim()) : child.nodeType === Node.ELEMENT_NODE ? drawn(child) : ""))
    .join("");
  if (["g", "a"].includes(element.localName)) return look.opacity === "1" ? inside : `<g opacity="${look.opacity}">${inside}</g>`;
  const own = [...element.attributes].filter(({ name }) => !/^(class|id|href|style|aria-.*|data-.*)$/.test(name) && !(name in LOOKS));
  const looks = Object.entries(LOOKS).map(([name, usual]) => [name, look.getPropertyValue(name), usual]);
  const written = looks.filter(([, value, usual]) => value && value !== usual).map(([name, value]) => [name.replace("-line", name === "text-decoration-line" ? "" : "-line"), value]);
  const attributes = [...own.map(({ name, value }) => [name, value]), ...written];
  return `<${element.localName}${attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join("")}>${inside}</${element.localName}>`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
