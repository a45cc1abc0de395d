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

  /* Flame graphs: a frame by itself, from edge to edge, with what it called; its callers stay above, as wide. */
  Array.from(document.querySelectorAll("svg.flame")).forEach(function (flame) {
    var frames = Array.from(flame.querySelectorAll("svg.fr")).map(function (at) {
      return { at: at, x: parseFloat(at.getAttribute("x")), w: parseFloat(at.getAttribute("width")), y: Number(at.getAttribute("y")) };
    });
    function name(frame) { return frame.at.querySelector("title").textContent; }
    var zoomed = null;
    function zoom(on) {
      zoomed = on = on === zoomed ? null : on;
      frames.forEach(function (f) {
        var inside = !on || (f.y >= on.y && f.x >= on.x - 1e-4 && f.x + f.w <= on.x + on.w + 2e-3);
        var above = on && f.y < on.y && f.x <= on.x + 1e-4 && f.x + f.w >= on.x + on.w - 2e-3;
        f.at.style.display = inside || above ? "" : "none";
        f.at.setAttribute("x", above ? "0%" : (on ? (f.x - on.x) * 100 / on.w : f.x) + "%");
        f.at.setAttribute("width", above ? "100%" : (on ? f.w * 100 / on.w : f.w) + "%");
        if (inside && !f.at.querySelector("text") && f.w * 100 / (on ? on.w : 100) > 1.2) {
          var text = document.createElementNS("http://www.w3.org/2000/svg", "text");
          text.setAttribute("x", "3");
          text.setAttribute("y", "13");
          text.textContent = name(f).split(" (")[0];
          f.at.appendChild(text);
        }
      });
      said.textContent = on ? "Shown by itself: " + name(on) : "All is shown";
    }
    function shown(f) { return f.at.style.display !== "none"; }
    function focus(from, to) {
      if (!to) return;
      from.at.setAttribute("tabindex", "-1");
      to.at.setAttribute("tabindex", "0");
      to.at.focus();
    }
    function beside(f, sign) {
      var best = null;
      frames.forEach(function (o) {
        if (o.y === f.y && shown(o) && sign * (o.x - f.x) > 0 && (!best || sign * (best.x - o.x) > 0)) best = o;
      });
      return best;
    }
    function below(f, down) {
      return frames.find(function (o) {
        var a = down ? o : f, b = down ? f : o;
        return shown(o) && o.y === f.y + (down ? 18 : -18) && a.x >= b.x - 1e-4 && a.x + a.w <= b.x + b.w + 2e-3;
      });
    }
    frames.forEach(function (f, i) {
      f.at.setAttribute("tabindex", i ? "-1" : "0");
      f.at.setAttribute("role", "button");
      f.at.setAttribute("aria-label", name(f));
      f.at.addEventListener("click", function () { zoom(f); });
      f.at.addEventListener("keydown", function (e) {
        if (e.key === "Enter" || e.key === " ") zoom(f);
        else if (e.key === "Escape") zoom(null);
        else if (e.key === "ArrowLeft") focus(f, beside(f, -1));
        else if (e.key === "ArrowRight") focus(f, beside(f, 1));
        else if (e.key === "ArrowUp") focus(f, below(f, false));
        else if (e.key === "ArrowDown") focus(f, below(f, true));
        else return;
        e.preventDefault();
      });
    });
  });

  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.from(document.querySelectorAll("details.notes:not([open]), details.column:not([open])"));
    folded.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () { folded.forEach(function (d) { d.open = false; }); });
})();
