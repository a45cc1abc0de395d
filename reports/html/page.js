"use strict";
/* Sorting, and folding things out. The page is whole without it. */
(function () {
  var said = document.getElementById("said");
  function valueOf(row, column) {
    var cell = row.cells[column];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return null;
  }
  function compare(column, numeric, sign) {
    return function (a, b) {
      var x, y;
      if (!numeric)
        return sign * a.cells[column].textContent.localeCompare(b.cells[column].textContent, "en", { numeric: true });
      x = valueOf(a, column);
      y = valueOf(b, column);
      if (x === null || y === null) return (x === null) - (y === null); /* what has no number is last, either way */
      return sign * (x - y);
    };
  }
  function sort(table, th, column) {
    var body = table.tBodies[0], rows = Array.from(body.rows), before = th.getAttribute("aria-sort");
    var numeric = rows.some(function (row) { return valueOf(row, column) !== null; });
    /* Numbers: the largest first. A third press gives the first order back. */
    var turns = numeric ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
    var next = turns[(turns.indexOf(before) + 1) % 3];
    Array.from(table.querySelectorAll("th[aria-sort]")).forEach(function (other) { other.setAttribute("aria-sort", "none"); });
    th.setAttribute("aria-sort", next);
    if (next === "none") rows.sort(function (a, b) { return a.dataset.at - b.dataset.at; });
    else rows.sort(compare(column, numeric, next === "ascending" ? 1 : -1));
    rows.forEach(function (row) { body.appendChild(row); });
    said.textContent = "Sorted by " + th.textContent + ": " + (next === "none" ? "as measured" : next);
  }
  Array.from(document.querySelectorAll("table.sortable")).forEach(function (table) {
    var heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
    Array.from(table.tBodies[0].rows).forEach(function (row, i) { row.dataset.at = i; });
    Array.from(heads).forEach(function (th, column) {
      var label = th.firstElementChild, button = document.createElement("button");
      button.type = "button";
      button.textContent = label.textContent;
      th.replaceChild(button, label);
      th.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () { sort(table, th, column); });
    });
  });

  /* A link into what is folded away unfolds it. */
  function unfold() {
    var id = decodeURIComponent(location.hash.slice(1)), at = id && document.getElementById(id), first = at;
    for (; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (first) first.scrollIntoView();
  }
  window.addEventListener("hashchange", unfold);
  unfold();

  Array.from(document.querySelectorAll("[data-fold]")).forEach(function (place) {
    [["Unfold all", true], ["Fold all", false]].forEach(function (what) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = what[0];
      button.addEventListener("click", function () {
        Array.from(document.querySelectorAll(place.dataset.fold)).forEach(function (d) { d.open = what[1]; });
      });
      place.appendChild(button);
    });
  });

  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.from(document.querySelectorAll("details:not([open]):not(.aside)"));
    folded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { folded.forEach(function (d) { d.open = false; }); });
})();
