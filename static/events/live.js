// The page of an event follows what happens there. What is new comes at once, by server-sent events from the process
// `live`; while that can't be reached, the page looks anew every twenty seconds. Without this script it is only as it was.
//   data-reload="address of what the part below holds by now"
//   [data-live-part]         is replaced by what data-reload gives; a form in which somebody types stands outside of it
//   data-live="address of the stream, or nothing"   stands in the part, as it is good for half an hour and comes anew with it
//   [data-wall]              new lines come first in it, each with an id of its own, line-<key>
//   [data-here="<venue>"]    how many are there now
"use strict";

(() => {
  const EVERY = 20000;
  const root = document.querySelector("[data-reload]");
  if (!root) return;

  let stream = null;
  let follows = false; // it is told what happens
  let next = 0;
  let meanwhile = null; // what was told while the part is being fetched, which may be too old to hold it

  const show = {
    line(html) {
      const made = document.createElement("template");
      made.innerHTML = html;
      const line = made.content.firstElementChild;
      if (line && !document.getElementById(line.id)) document.querySelector("[data-wall]")?.prepend(line);
    },
    hidden(key) {
      document.getElementById(`line-${key}`)?.remove();
    },
    counts(here) {
      for (const [venue, number] of Object.entries(JSON.parse(here))) {
        for (const place of document.querySelectorAll(`[data-here="${CSS.escape(venue)}"]`)) place.textContent = number;
      }
    },
  };

  async function fetched() {
    meanwhile = [];
    try {
      const answer = await fetch(root.dataset.reload, { signal: AbortSignal.timeout(10000) });
      const html = await answer.text();
      // Who is no longer signed in is sent elsewhere: what they see stays as it is.
      if (!answer.ok || answer.redirected) return;
      const part = document.querySelector("[data-live-part]");
      part.innerHTML = html;
      window.htmx?.process(part);
      for (const [kind, text] of meanwhile) show[kind](text);
    } catch {
      // No network: the next look may find one.
    } finally {
      meanwhile = null;
    }
  }

  // One after the other: what was asked for first may be too old for whoever asks now.
  let loading = Promise.resolve();
  const reload = () => (loading = loading.then(fetched));

  function waits() {
    clearTimeout(next);
    if (!follows && !document.hidden) next = setTimeout(look, EVERY * (0.8 + Math.random() * 0.4));
  }

  function turns(is) {
    follows = is;
    waits();
  }

  function connect() {
    const address = document.querySelector("[data-live]")?.dataset.live;
    if (!address || stream || document.hidden) return;
    const mine = new EventSource(address);
    stream = mine;
    for (const kind of Object.keys(show)) {
      mine.addEventListener(kind, (event) => {
        show[kind](event.data);
        meanwhile?.push([kind, event.data]);
      });
    }
    mine.addEventListener("joined", () => turns(true));
    mine.addEventListener("lost", () => turns(false));
    mine.addEventListener("reload", () => {
      turns(true);
      setTimeout(reload, Math.random() * 2000); // hundreds of pages hear this at the same moment
    });
    mine.addEventListener("lapsed", () => {
      mine.close();
      if (stream !== mine) return;
      stream = null;
      turns(false);
      look();
    });
    mine.addEventListener("error", () => {
      // A browser comes back by itself, unless it was refused.
      if (mine.readyState === EventSource.CLOSED && stream === mine) stream = null;
      turns(false);
    });
  }

  async function look() {
    await reload();
    connect();
    waits();
  }

  // Somebody has written on the wall from here; where the stream runs, the line comes by it.
  document.addEventListener("said", () => {
    if (!follows) look();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stream?.close(); // a browser opens only a few connections to one house, for all of its tabs
      stream = null;
      turns(false);
    } else {
      look();
    }
  });

  connect();
  waits();
})();
