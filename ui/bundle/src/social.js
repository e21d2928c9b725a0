// The social calendar: mounted by the Social page into its element.
import '@event-calendar/core/index.css';
import { createCalendar, DayGrid, destroyCalendar, Interaction, List, TimeGrid } from '@event-calendar/core';

const two = (number) => String(number).padStart(2, '0');
/** A local moment without a zone: the hub's own zone is meant, whatever the browser's. */
const plain = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00`;
const CLOCK = { hour: '2-digit', minute: '2-digit', hour12: false };

/** `host.call("posts", {first, last})` and `host.call("move", {id, time})` ask the hub; `host.planned(plan)` shows a plan. */
export async function mount(element, host) {
  const phone = window.matchMedia('(max-width: 760px)').matches;
  const today = await host.call('today', {});
  const said = Object.assign(document.createElement('p'), { className: 'social-said' });
  said.setAttribute('role', 'status');
  const place = document.createElement('div');
  element.append(said, place);
  const tell = (text, bad = false) => { said.textContent = text; said.classList.toggle('bad', bad); };

  async function posts(range) {
    try { return await host.call('posts', { first: plain(range.start), last: plain(range.end) }); } catch (error) { tell(error.message, true); return []; }
  }
  async function move(id, time) {
    try {
      const done = await host.call('move', { id: Number(id), time });
      if (done.plan) { host.planned(done.plan); tell('The plan waits for your approval above; until then the post keeps its time.'); } else { tell(done.said); calendar.refetchEvents(); }
    } catch (error) { tell(error.message, true); }
  }

  // The library calls itself a table (or a list) of things that are none; as a plain group its buttons are read as they are.
  const plainly = () => {
    for (const one of place.querySelectorAll('[role]')) {
      if (/^(table|row|rowgroup|cell|gridcell|columnheader|rowheader|list|listitem)$/.test(one.getAttribute('role'))) {
        one.removeAttribute('role');
        for (const name of ['aria-colindex', 'aria-rowindex', 'aria-colcount', 'aria-rowcount', 'aria-colspan']) one.removeAttribute(name);
      }
    }
  };
  new MutationObserver(plainly).observe(place, { subtree: true, childList: true, attributeFilter: ['role'] });
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', 'Calendar of posts');

  const calendar = createCalendar(place, [DayGrid, TimeGrid, List, Interaction], {
    view: phone ? 'listMonth' : 'dayGridMonth',
    date: today,
    firstDay: 1,
    height: phone ? '560px' : '720px',
    headerToolbar: { start: 'prev,next today', center: 'title', end: phone ? 'dayGridMonth,timeGridDay,listMonth' : 'dayGridMonth,timeGridWeek' },
    buttonText: { today: 'Today', dayGridMonth: 'Month', timeGridWeek: 'Week', timeGridDay: 'Day', listMonth: 'List', prev: 'Earlier', next: 'Later' },
    noEventsContent: 'No posts in this month.',
    allDaySlot: false,
    slotMinTime: '06:00:00',
    slotMaxTime: '24:00:00',
    slotLabelFormat: CLOCK,
    eventTimeFormat: CLOCK,
    dayMaxEvents: true,
    nowIndicator: false,
    editable: true,
    eventStartEditable: true,
    eventDurationEditable: false,
    highlightedDates: [today],
    eventSources: [{ events: posts }],
    eventClassNames: ({ event }) => [event.extendedProps.platform, event.extendedProps.status],
    eventContent: ({ event, timeText }) => {
      const time = document.createElement('span'), words = document.createElement('span');
      time.className = 'when';
      time.textContent = `${timeText.split(' - ')[0]} ${event.extendedProps.name}${event.extendedProps.status === 'draft' ? ' (draft)' : ''}`;
      words.className = 'said';
      words.textContent = event.title;
      return { domNodes: [time, words] };
    },
    eventDidMount: ({ el, event }) => {
      el.setAttribute('role', 'button');
      el.tabIndex = 0;
      el.dataset.post = event.id;
      el.setAttribute('aria-label', `${event.extendedProps.name}, ${event.extendedProps.status}, ${event.extendedProps.when}: ${event.title}`);
      el.addEventListener('keydown', (pressed) => { if (pressed.key === 'Enter') host.open(event.id); });
    },
    eventClick: ({ event }) => host.open(event.id),
    // The post stays where it was until the hub says that it moved: what is not true yet is not shown.
    eventDrop: ({ event, revert }) => {
      const wanted = plain(event.start);
      revert();
      move(event.id, wanted);
    },
    dateClick: ({ date, allDay }) => host.begin(allDay || phone ? `${plain(date).slice(0, 10)}T09:00:00` : plain(date)),
  });
  const stop = host.onDecided(() => { tell(''); calendar.refetchEvents(); });
  return () => { stop(); destroyCalendar(calendar); };
}
