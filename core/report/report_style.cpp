// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_palette.h"

#include <fmt/format.h>

#include <iterator>

namespace nordlys::core::report {

namespace {

constexpr std::string_view kRules = R"css(
*{box-sizing:border-box;margin:0;padding:0}.defs{position:absolute}
html{--ui:Inter,"Noto Sans","DejaVu Sans",system-ui,sans-serif;--mono:"JetBrains Mono","Noto Sans Mono","DejaVu Sans Mono",ui-monospace,monospace}
body{background:var(--surface);color:var(--text);font:13px/20px var(--ui)}
main,footer{width:min(1120px,100%);margin:0 auto;padding:0 24px}
main{padding-top:28px}footer{padding-top:20px;padding-bottom:32px;color:var(--text3);font-size:12px}
h1{font-size:24px;line-height:32px;font-weight:600;margin-top:6px;overflow-wrap:anywhere}
h1.long{font-size:15px;line-height:20px;max-height:120px;overflow:auto}
h2{font-size:15px;line-height:22px;font-weight:600}
h2 small{font-size:12px;font-weight:400;color:var(--text3);margin-left:8px}
section{margin-top:26px}section>.hd{display:flex;align-items:center;gap:12px;margin-bottom:8px}
.sp{flex:1}.m{font-family:var(--mono);font-size:11px;line-height:16px;font-variant-ligatures:none}
.t2{color:var(--text2)}.t3{color:var(--text3)}.ok{color:var(--ok)}.warn{color:var(--warn)}.error{color:var(--error)}
.top{display:flex;align-items:center;gap:8px;color:var(--text3);font-size:12px;min-height:24px}
.sub{color:var(--text2);overflow-wrap:anywhere}
svg.i{width:16px;height:16px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round;flex:none;vertical-align:-3px}
.chip{min-height:20px;display:inline-flex;align-items:center;gap:5px;padding:0 7px 0 6px;border-radius:3px;font-size:11px;line-height:16px;font-weight:500;white-space:nowrap;max-width:100%}
.chip svg.i{width:12px;height:12px}
.chip.ok{background:var(--okBg)}.chip.warn{background:var(--warnBg)}.chip.error{background:var(--errorBg)}
.chip.n{background:var(--raised);color:var(--text2);box-shadow:inset 0 0 0 1px var(--border)}
.chip.e{background:var(--estimateBg);color:var(--estimate);outline:1px dashed var(--estimate);outline-offset:-1px}
.btn,.field{height:24px;display:inline-flex;align-items:center;gap:6px;border-radius:4px;font:12px/16px var(--ui);color:var(--text)}
.btn{padding:0 9px;border:1px solid var(--borderStrong);background:var(--raised);cursor:pointer}.btn:hover{background:var(--hover)}
.field{padding:0 7px;border:1px solid var(--control);background:var(--canvas);width:232px;color:var(--text3)}
.field input{border:0;outline:0;background:none;font:inherit;color:var(--text);width:100%}.field input::placeholder{color:var(--text3);opacity:1}
.field:focus-within,:focus-visible{outline:2px solid var(--focus);outline-offset:1px}.field input:focus-visible{outline:0}
[hidden]{display:none!important}
.card{border:1px solid var(--border);border-radius:6px;overflow:hidden;background:var(--surface)}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(152px,1fr));margin-top:16px}
.keys>div{padding:10px 14px;box-shadow:-1px 0 var(--border),0 -1px var(--border);min-width:0}
.keys .l,.keys>div>.n{color:var(--text3);font-size:12px;line-height:16px}.keys .v{margin-top:2px;white-space:nowrap;color:var(--text2)}
.keys .v b{font:500 20px/26px var(--mono);color:var(--text);font-variant-ligatures:none;letter-spacing:-.3px}
.keys>div>.n{min-height:16px;white-space:pre-wrap}.keys .c{margin-top:5px;display:flex;flex-wrap:wrap;gap:4px;color:var(--text3);font-size:12px;line-height:20px}
.know{display:grid;grid-template-columns:20px minmax(0,1fr);row-gap:6px;list-style:none}.know li{display:contents}.know svg{margin-top:2px}
.know p{max-width:112ch;overflow-wrap:anywhere;color:var(--text2)}.know b{font-weight:600;color:var(--text)}
table{border-collapse:separate;border-spacing:0;width:100%;table-layout:fixed;font-size:12px;line-height:16px}
th{height:25px;background:var(--raised);color:var(--text2);font-weight:500;font-size:11px;text-align:left;padding:0;border-bottom:1px solid var(--border);white-space:nowrap}
th+th{border-left:1px solid var(--border)}th>span,th>button{display:flex;align-items:center;gap:5px;width:100%;height:24px;padding:0 8px;overflow:hidden}
th>button{border:0;background:none;color:inherit;font:inherit;cursor:pointer}th>button:hover{background:var(--hover);color:var(--text)}th>button:focus-visible{outline-offset:-2px}
th.r>span,th.r>button{justify-content:flex-end;text-align:right}th.c>button{justify-content:center}
th[aria-sort=ascending] button::after,th[aria-sort=descending] button::after{content:"";width:5px;height:5px;flex:none;border:solid currentColor;border-width:0 1.5px 1.5px 0;transform:translateY(-1px) rotate(45deg)}
th[aria-sort=ascending] button::after{transform:translateY(2px) rotate(-135deg)}th[aria-sort=ascending],th[aria-sort=descending]{color:var(--text)}
td{height:24px;padding:0 8px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}tbody tr+tr td{border-top:1px solid var(--border)}tbody tr:hover td{background:var(--hover)}
td.num,td.mm{font-family:var(--mono);font-size:11px;font-variant-ligatures:none}td.num,td.r{text-align:right}td.t{color:var(--text2)}td.d{color:var(--text3)}
tr.sum td{background:var(--raised);font-weight:600}
.nm{display:flex;min-width:0;max-width:100%}.nm bdi{overflow:hidden;text-overflow:ellipsis;white-space:pre;flex:0 1 auto;min-width:0}.nm .tl{flex:none}
.bk{display:inline-flex;align-items:center;gap:5px;font-size:11px;color:var(--text2);max-width:100%}.bk i{width:4px;height:12px;border-radius:1px;flex:none;background:var(--control)}
.bk i.htp{background:var(--htp)}.bk i.gpu{background:var(--gpu)}.bk i.cpu{background:var(--cpu)}
.bar{display:flex;align-items:center;gap:6px}.bar svg{flex:1;height:10px;min-width:0}.bar span{width:52px;text-align:right;font:11px/16px var(--mono)}.bar rect{fill:var(--t4)}
.scroll{overflow:auto}.tall{max-height:640px}.tall thead th{position:sticky;top:0;z-index:1}
.pic{display:block;width:100%;overflow:visible}.pic text,.tr text{font:10.5px var(--mono);fill:var(--text2)}.pic .seg{font:600 11.5px var(--ui)}
.blk{stroke:var(--surface);stroke-width:.5}.frame{fill:none;stroke:var(--borderStrong)}.gap{fill:none;stroke:var(--control);stroke-dasharray:3 2}.tick{stroke:var(--borderStrong)}
.runs{display:grid;grid-template-columns:minmax(110px,168px) minmax(0,1fr) minmax(86px,auto);border:1px solid var(--border);border-radius:6px;overflow:hidden}
.runs>*{padding:5px 10px;border-top:1px solid var(--border);min-width:0}.runs>:nth-child(-n+3){border-top:0}
.runs .lb{border-right:1px solid var(--border);font-weight:500;font-size:12px;line-height:16px;overflow-wrap:anywhere}.runs .lb small{display:block;font-size:11px;font-weight:400;color:var(--text3)}
.runs .tr{background:var(--canvas);padding:4px 0}.runs .vl{border-left:1px solid var(--border);font:11px/16px var(--mono);text-align:right;color:var(--text2);white-space:nowrap}.runs .vl b{color:var(--text);font-weight:500}
.runs .why{grid-column:2/4;color:var(--text3);font-size:12px;line-height:16px;overflow-wrap:anywhere}
.tr svg{display:block;width:100%}.ln{fill:none;stroke:var(--accent);stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}.dots{fill:none;stroke:var(--accent);stroke-width:3;stroke-linecap:round;vector-effect:non-scaling-stroke}
.band{fill:none;stroke:var(--accent);stroke-opacity:.35;stroke-width:2;vector-effect:non-scaling-stroke}.lim{fill:none;stroke:var(--control);stroke-dasharray:4 3;vector-effect:non-scaling-stroke}.hot{fill:var(--warn);fill-opacity:.16}.over{fill:none;stroke:var(--warn);stroke-width:4;stroke-linecap:butt;vector-effect:non-scaling-stroke}
.gwrap{display:grid;grid-template-columns:auto minmax(0,1fr) 272px;border:1px solid var(--border);border-radius:6px;overflow:hidden;height:600px}
.gbox{overflow:auto;background:var(--canvas);height:598px;text-align:center}.gbox:focus-visible{outline-offset:-2px}
.gover{width:84px;border-right:1px solid var(--border);background:var(--canvas);padding:4px}.gover svg{width:100%;height:590px;cursor:pointer}.view{fill:var(--focus);fill-opacity:.12;stroke:var(--focus);stroke-width:2;vector-effect:non-scaling-stroke}
.gside{border-left:1px solid var(--border);padding:12px;overflow:auto;font-size:12px;line-height:16px}.gside h3{font-size:11px;font-weight:600;color:var(--text2);margin-bottom:6px}.gside ol{list-style:none}
.gside button{display:flex;width:100%;gap:8px;border:0;background:none;font:inherit;color:inherit;text-align:left;padding:4px 6px;border-radius:4px;cursor:pointer;align-items:center}.gside button:hover{background:var(--hover)}.gside button>.m{margin-left:auto;flex:none}
.gside i.sw{width:10px;height:10px;border-radius:2px;flex:none}.leg{display:flex;margin:6px 0 2px}.leg i{flex:1;height:10px}.legt{display:flex;justify-content:space-between;margin-bottom:16px}
.graph .e{fill:none;stroke:var(--control);stroke-width:1.2;stroke-linejoin:round}.graph .a{fill:var(--control)}.graph .b{fill:var(--surface);stroke:var(--borderStrong)}
.graph text{font-family:var(--ui);fill:var(--text);unicode-bidi:isolate}.graph .t{font-size:11.5px;font-weight:600}.graph .o,.graph .v{font-size:10.5px}.graph .v{text-anchor:end;font-family:var(--mono);font-size:10px}
.graph .s{fill:var(--surface)}.graph .k{fill:none;stroke-width:4;stroke-linecap:butt}.graph .k.htp{stroke:var(--htp)}.graph .k.gpu{stroke:var(--gpu)}.graph .k.cpu{stroke:var(--cpu)}
.graph .found .b{stroke:var(--focus);stroke-width:3}
.ci svg{display:block;width:100%;height:16px}.ci .z{stroke:var(--control)}.ci path{fill:none}.ci .w{stroke-width:2}.ci .q{opacity:.35}.ci .u{fill:var(--text3);stroke:var(--text3)}
dl{display:grid;grid-template-columns:132px minmax(0,1fr);row-gap:4px}dt{color:var(--text3);font-size:12px}dd{overflow-wrap:anywhere;white-space:pre-wrap}dd.m{line-height:20px}
details summary{cursor:pointer;color:var(--accent);font-size:12px;margin:8px 0}
.note{color:var(--text3);font-size:12px;line-height:16px;margin-top:6px;max-width:112ch;overflow-wrap:anywhere}
@media(max-width:900px){.gwrap{grid-template-columns:minmax(0,1fr)}.gover,.gside{display:none}}@media(max-width:1100px){.wide{min-width:1020px}}
@media print{body{font-size:11px}main,footer{width:100%;padding:0}.btn,.field,.gover,.gside,h2 small.ui{display:none}.tall,.gbox,.gwrap{max-height:none;height:auto;overflow:visible}.gwrap{display:block;border:0}
svg.graph{width:auto;max-width:100%;height:auto;max-height:250mm}tr,.keys>div,li{break-inside:avoid}h2{break-after:avoid}.nm bdi{white-space:normal;overflow-wrap:anywhere}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

constexpr std::string_view kSymbols =
    R"svg(<svg class="defs" width="0" height="0" aria-hidden="true"><defs><symbol id="i-check" viewBox="0 0 16 16"><path d="M3 8.6l3.2 3.2L13 4.4"/></symbol><symbol id="i-warn" viewBox="0 0 16 16"><path d="M8 2.4l6 10.9H2zM8 6.4v3.2M8 11.4v.1"/></symbol><symbol id="i-error" viewBox="0 0 16 16"><path d="M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM8 5v3.6M8 10.9v.1"/></symbol><symbol id="i-info" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.5M8 5v.1"/></symbol><symbol id="i-thermometer" viewBox="0 0 16 16"><path d="M6.5 9V3.5a1.5 1.5 0 0 1 3 0V9a2.9 2.9 0 1 1-3 0zM8 6.5v4.4"/></symbol><symbol id="i-equal" viewBox="0 0 16 16"><path d="M3 6h10M3 10h10"/></symbol><symbol id="i-down" viewBox="0 0 16 16"><path d="M4.2 6.2L8 10l3.8-3.8"/></symbol><symbol id="i-up" viewBox="0 0 16 16"><path d="M4.2 9.8L8 6l3.8 3.8"/></symbol><symbol id="i-search" viewBox="0 0 16 16"><circle cx="6.8" cy="6.8" r="4.2"/><path d="M10 10l3.5 3.5"/></symbol><symbol id="i-save" viewBox="0 0 16 16"><path d="M8 2.5v7.2M4.9 6.7L8 9.8l3.1-3.1M2.6 11v2.5h10.8V11"/></symbol><symbol id="i-estimate" viewBox="0 0 16 16"><path d="M2.2 9.4c1.8-3.2 3.8-2.9 5.8-1.4s4 1.8 5.8-1.4"/></symbol></defs></svg>
)svg";

} // namespace

std::string styleSheet()
{
    std::string rules = reportColourRules();
    auto out = std::back_inserter(rules);
    for (std::size_t i = 0; i < kReportTimeRamp.size(); ++i)
        fmt::format_to(out,
                       ".x{0}{{fill:var(--t{0});background:var(--t{0})}}.pic .y{0}{{fill:var(--i{0})}}.graph .h{0} "
                       ".b{{fill:var(--t{0})}}.graph .h{0} text{{fill:var(--i{0})}}\n",
                       i);
    for (std::size_t i = 0; i < kReportDeltaRamp.size(); ++i)
        fmt::format_to(out, ".ci .d{0}{{fill:var(--d{0});stroke:var(--d{0})}}", i);
    return rules + std::string(kRules);
}

std::string_view iconSymbols() { return kSymbols; }

} // namespace nordlys::core::report
