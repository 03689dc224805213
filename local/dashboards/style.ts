/** How the pages look: as Grafana's dark theme. */
import { Html as Markup } from "../platforms/shared/html.ts";

/** One rem is 16 pixels on a page of 1440, and grows with the window: a wall screen shows the same, larger. */
export const STYLE = new Markup(`
html { font-size: max(13px, calc(100vw / 90)); color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: #111217; color: #ccccdc; font: .8125rem/1.5 Inter, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
a { color: inherit; text-decoration: none; }
header { display: flex; align-items: baseline; gap: 1rem; padding: .6rem .75rem .4rem; }
header h1 { margin: 0; font-size: 1.125rem; font-weight: 500; } header p { margin: 0; color: #8e8e9c; } header .range { margin-left: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem; padding: 0 .5rem .5rem; border-bottom: 1px solid #23252b; }
nav a { padding: .15rem .6rem; border-radius: .25rem; color: #a0a0b0; } nav a:hover { background: #22252b; } nav a.current { background: #22252b; color: #fff; box-shadow: inset 0 -2px #f55f3e; }
main { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: 1.875rem; gap: .5rem; padding: .5rem; }
main h2 { margin: 0; align-self: center; font-size: .95rem; font-weight: 500; color: #ccccdc; }
section { display: flex; flex-direction: column; min-width: 0; overflow: hidden; padding: .5rem; background: #181b1f; border: 1px solid #23252b; border-radius: .2rem; }
section h3 { margin: 0 0 .35rem; font-size: .875rem; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; flex: none; }
section h3 small { margin-left: .6rem; font-size: .7rem; font-weight: 400; color: #74748a; } .stat h3 small { display: none; }
figure { margin: 0; flex: 1; min-height: 0; } figure svg { display: block; width: 100%; height: 100%; }
section ul { display: flex; flex-wrap: wrap; gap: 0 .9rem; margin: .1rem 0 0; padding: 0; list-style: none; max-height: 2.25rem; font-size: .72rem; color: #a8a8b8; white-space: nowrap; overflow: hidden; flex: none; }
section li { display: flex; align-items: center; gap: .3rem; min-width: 0; } li span { overflow: hidden; text-overflow: ellipsis; max-width: 13rem; } li b { color: #ccccdc; font-weight: 500; } li i { flex: none; width: .8rem; height: .2rem; border-radius: 1px; }
.numbers { display: flex; flex: 1; gap: .5rem; min-height: 0; } .numbers > div { flex: 1; min-width: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; position: relative; }
.numbers b { font-size: 2.4rem; font-weight: 500; line-height: 1.2; white-space: nowrap; z-index: 1; } .numbers small { color: #a0a0b0; z-index: 1; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .many b { font-size: 1.4rem; }
.numbers figure { position: absolute; left: 0; right: 0; bottom: 0; height: 40%; opacity: .7; }
.bars { display: grid; grid-template-columns: minmax(0, auto) 1fr auto; gap: .3rem .6rem; align-items: center; align-content: space-evenly; flex: 1; min-height: 0; overflow: auto; font-size: .75rem; }
.bars span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .bars div { background: #22252b; border-radius: 2px; height: .8rem; } .bars i { display: block; height: 100%; border-radius: 2px; }
.states { display: grid; grid-template-columns: minmax(0, auto) 1fr; grid-auto-rows: minmax(0, 2rem); gap: .35rem .6rem; align-items: stretch; align-content: center; flex: 1; min-height: 0; font-size: .75rem; }
.states span { align-self: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .states div { position: relative; background: #22252b; border-radius: 2px; overflow: hidden; } .states i { position: absolute; top: 0; bottom: 0; opacity: .85; }
.scroll { flex: 1; min-height: 0; overflow: auto; } table { width: 100%; border-collapse: collapse; font-size: .75rem; }
th, td { padding: .2rem .5rem; text-align: left; border-bottom: 1px solid #23252b; white-space: nowrap; } th { position: sticky; top: 0; background: #181b1f; color: #6e9fff; font-weight: 500; } td.number { font-variant-numeric: tabular-nums; } td a { color: #6e9fff; }
.message { margin: auto; text-align: center; color: #8e8e9c; overflow: hidden; } .nothing { color: #73bf69; } .problem { color: #f2495c; }
`);
