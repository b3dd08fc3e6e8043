// The points of the table on a map; a village's visits together as one mark with a number until one looks closer.
// With no tiles configured they stand on a plain ground under the names of their villages.
const holder = document.getElementById("map");
const points = JSON.parse(document.getElementById("points").textContent);
const words = JSON.parse(holder.dataset.words);

if (window.L && points.length) {
  holder.hidden = false;
  document.getElementById("legend").hidden = false;
  const map = L.map(holder, { attributionControl: Boolean(holder.dataset.attribution), minZoom: 5, maxZoom: 18 });
  if (holder.dataset.tiles) L.tileLayer(holder.dataset.tiles, { attribution: holder.dataset.attribution, maxZoom: 18 }).addTo(map);
  else paper().addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const marks = L.markerClusterGroup({ maxClusterRadius: 44, showCoverageOnHover: false, iconCreateFunction: together });
  points.forEach((point) => marks.addLayer(pin(point)));
  map.addLayer(marks);
  map.fitBounds(L.latLngBounds(points.map((point) => [point.latitude, point.longitude])).pad(0.15), { maxZoom: 16 });
  if (!holder.dataset.tiles) nameVillages(map);
}

function paper() {
  const ground = L.gridLayer({ tileSize: 128 });
  ground.createTile = () => Object.assign(document.createElement("div"), { className: "paper" });
  return ground;
}

function together(cluster) {
  const flagged = cluster.getAllChildMarkers().some((marker) => marker.options.flagged);
  const html = `<div class="cluster${flagged ? " flagged" : ""}">${cluster.getChildCount()}</div>`;
  return L.divIcon({ className: "pin-holder", html, iconSize: [40, 40] });
}

function pin(point) {
  const flagged = point.flags.length > 0;
  const icon = L.divIcon({ className: "pin-holder", html: `<div class="pin${flagged ? " flagged" : ""}"></div>`, iconSize: [20, 20] });
  return L.marker([point.latitude, point.longitude], { icon, flagged, alt: point.label, title: point.label }).bindPopup(() => popup(point));
}

function popup(point) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = `/console/visits/${point.id}`;
  link.textContent = words.open;
  box.append(line(point.label), ...(point.flags.length ? [line(point.flags.join(" · "))] : []), link);
  return box;
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function nameVillages(map) {
  const names = [...grouped()].map(([name, visits]) => {
    const middle = (key) => visits.reduce((sum, visit) => sum + visit[key], 0) / visits.length;
    const label = document.createElement("span");
    label.textContent = name;
    const icon = L.divIcon({ className: "place-name", html: label.outerHTML });
    return L.marker([middle("latitude"), middle("longitude")], { icon, interactive: false, keyboard: false });
  });
  const thin = () => {
    const kept = [];
    for (const name of names) {
      const at = map.latLngToContainerPoint(name.getLatLng());
      const free = kept.every((other) => Math.abs(other.x - at.x) > 90 || Math.abs(other.y - at.y) > 34);
      if (free) { kept.push(at); name.addTo(map); } else name.remove();
    }
  };
  map.on("zoomend", thin);
  thin();
}

function grouped() {
  const villages = new Map();
  for (const point of points) villages.set(point.place, [...(villages.get(point.place) || []), point]);
  return villages;
}
