"use strict";
// What every page of this program begins with.

const byId = id => document.getElementById(id);
const percent = p => p === null ? "-" : (100 * p).toFixed(p < 0.9995 && p >= 0.0005 ? 1 : 0) + "%";
const counted = (n, noun) => n + " " + noun + (n === 1 ? "" : "s");

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node[key] = value;
    else if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== false && value !== null) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

const data = JSON.parse(byId("data").textContent);
byId("data").remove();
