// A small map of what was asked nearby, or of what is spreading. Leaflet comes only where there is a map, and only once
// it is looked at.
const holder = document.getElementById("map");
const points = JSON.parse(document.getElementById("points")?.textContent ?? "[]");
const FORMS = { here: "here", open: "open", answered: "answered", outbreak: "outbreak" };

function brought() {
  const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${holder.dataset.leaflet}/leaflet.css` });
  const script = Object.assign(document.createElement("script"), { src: `${holder.dataset.leaflet}/leaflet.js` });
  const both = [styles, script].map((one) => new Promise((resolve, reject) => { one.onload = resolve; one.onerror = reject; }));
  document.head.append(styles, script);
  return Promise.all(both);
}

function paper() {
  const ground = L.gridLayer({ tileSize: 128 });
  ground.createTile = () => Object.assign(document.createElement("div"), { className: "paper" });
  return ground;
}

function mark(point) {
  const icon = L.divIcon({ className: "pin-holder", html: `<div class="spot ${FORMS[point.form] ?? ""}"></div>`, iconSize: point.form === "here" ? [24, 24] : [18, 18] });
  const one = L.marker([point.latitude, point.longitude], { icon, alt: point.label, title: point.label, zIndexOffset: point.form === "here" ? 1000 : 0 });
  const words = Object.assign(document.createElement(point.address ? "a" : "span"), { textContent: point.label });
  if (point.address) words.href = point.address;
  return one.bindPopup(words);
}

function whole() {
  const spots = points.map((point) => L.latLng(point.latitude, point.longitude));
  return spots.reduce((all, spot, at) => all.extend(spot.toBounds(Math.max(2 * (points[at].radius_m ?? 0), 800))), L.latLngBounds(spots));
}

async function show() {
  await brought();
  holder.hidden = false;
  const map = L.map(holder, { attributionControl: Boolean(holder.dataset.attribution), minZoom: 5, maxZoom: 16, scrollWheelZoom: false });
  if (holder.dataset.tiles) L.tileLayer(holder.dataset.tiles, { attribution: holder.dataset.attribution, maxZoom: 18 }).addTo(map);
  else paper().addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  for (const point of points) {
    if (point.radius_m) L.circle([point.latitude, point.longitude], { radius: point.radius_m, className: "ring", interactive: false }).addTo(map);
    mark(point).addTo(map);
  }
  map.fitBounds(whole().pad(0.1), { maxZoom: 13 });
}

if (holder && points.length) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    show();
  }, { rootMargin: "200px" });
  seen.observe(holder.parentElement);
}
