// The workflow builder: mounted by the Automation page into its element.
import '@xyflow/react/dist/base.css';
import { createRoot } from 'react-dom/client';
import { Builder } from './builder.jsx';

/** `host.call(name, argument)` asks the hub and rejects with its sentence; `host.planned(id)` shows a plan's panel. */
export function mount(element, host) {
  const root = createRoot(element);
  root.render(<Builder host={host} />);
  return () => root.unmount();
}
