// The social calendar: mounted by the Social page into its element.
import '@event-calendar/core/index.css';
import { createCalendar, DayGrid, destroyCalendar, Interaction, TimeGrid } from '@event-calendar/core';

const two = (number) => String(number).padStart(2, '0');
/** A local moment without a zone: the hub's own zone is meant, whatever the browser's. */
const plain = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00`;

/** `host.posts(first, last)` gives events; `host.move(id, time)` and `host.open(id)` act; `host.today` is the hub's. */
export function mount(element, host) {
  const phone = window.matchMedia('(max-width: 760px)').matches;
  const calendar = createCalendar(element, [DayGrid, TimeGrid, Interaction], {
    view: phone ? 'timeGridDay' : 'dayGridMonth',
    date: host.today,
    firstDay: 1,
    height: phone ? '560px' : '720px',
    headerToolbar: { start: 'prev,next today', center: 'title', end: phone ? 'dayGridMonth,timeGridDay' : 'dayGridMonth,timeGridWeek' },
    buttonText: { today: 'Today', dayGridMonth: 'Month', timeGridWeek: 'Week', timeGridDay: 'Day' },
    slotMinTime: '06:00:00',
    slotMaxTime: '24:00:00',
    slotDuration: '00:30:00',
    slotLabelFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    eventTimeFormat: { hour: '2-digit', minute: '2-digit', hour12: false },
    dayMaxEvents: 4,
    nowIndicator: false,
    editable: true,
    eventStartEditable: true,
    eventDurationEditable: false,
    highlightedDates: [host.today.slice(0, 10)],
    eventSources: [{ events: async (range) => host.posts(plain(range.start), plain(range.end)) }],
    eventClassNames: ({ event }) => [event.extendedProps.platform, event.extendedProps.status],
    eventContent: ({ event, timeText }) => {
      const time = document.createElement('span'), words = document.createElement('span');
      time.className = 'when';
      time.textContent = `${timeText.split(' - ')[0]} ${event.extendedProps.name}`;
      words.className = 'said';
      words.textContent = event.title;
      return { domNodes: [time, words] };
    },
    eventDidMount: ({ el, event }) => {
      el.setAttribute('role', 'button');
      el.tabIndex = 0;
      el.setAttribute('aria-label', `${event.extendedProps.name}, ${event.extendedProps.status}, ${event.extendedProps.when}: ${event.title}`);
      el.addEventListener('keydown', (pressed) => { if (pressed.key === 'Enter') host.open(event.id); });
    },
    eventClick: ({ event }) => host.open(event.id),
    // The post stays where it was until a person has approved the plan: what is not yet true is not shown.
    eventDrop: async ({ event, revert }) => {
      const wanted = plain(event.start);
      revert();
      await host.move(event.id, wanted);
    },
    dateClick: ({ date, allDay }) => host.begin(allDay ? `${plain(date).slice(0, 10)}T09:00:00` : plain(date)),
  });
  const refresh = () => calendar.refetchEvents();
  const stop = host.onDecided(refresh);
  return () => { stop(); destroyCalendar(calendar); };
}
