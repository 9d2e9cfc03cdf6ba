// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

namespace nordlys::core::report {

namespace {

constexpr std::string_view kScript = R"js(
(function(){
'use strict';
var all=function(selector,root){return Array.prototype.slice.call((root||document).querySelectorAll(selector));};
function valueOf(cell){var v=cell.getAttribute('data-v');return v===null?cell.textContent:v===''?null:Number(v);}
function sortBy(heading,descending){
  var table=heading.closest('table'),body=table.tBodies[0],column=heading.cellIndex;
  var rows=Array.prototype.slice.call(body.rows).map(function(row){return{row:row,value:valueOf(row.cells[column]),place:Number(row.getAttribute('data-i'))};});
  rows.sort(function(a,b){
    if(a.value===null||b.value===null)return a.value===b.value?a.place-b.place:a.value===null?1:-1;
    var order=typeof a.value==='number'&&typeof b.value==='number'?a.value-b.value:String(a.value).localeCompare(String(b.value),'en',{numeric:true});
    return (descending?-order:order)||a.place-b.place;
  });
  var sorted=document.createDocumentFragment();
  rows.forEach(function(entry){sorted.appendChild(entry.row);});
  body.appendChild(sorted);
  all('th[aria-sort]',table).forEach(function(other){other.setAttribute('aria-sort','none');});
  heading.setAttribute('aria-sort',descending?'descending':'ascending');
}
all('th[data-key]').forEach(function(heading){
  heading.querySelector('button').addEventListener('click',function(){
    var now=heading.getAttribute('aria-sort'),numeric=heading.classList.contains('r')||heading.hasAttribute('data-number');
    sortBy(heading,now==='none'?numeric:now==='ascending');
  });
});
all('input[data-filter]').forEach(function(input){
  var table=document.getElementById(input.getAttribute('data-filter')),count=document.getElementById(table.id+'-count'),whole=count?count.textContent:'';
  input.closest('.field').hidden=false;
  function apply(){
    var text=input.value.toLowerCase(),shown=0,rows=Array.prototype.slice.call(table.tBodies[0].rows);
    rows.forEach(function(row){var fits=row.textContent.toLowerCase().indexOf(text)>=0;row.hidden=!fits;if(fits)shown++;});
    var folded=table.closest('details');
    if(folded&&text)folded.open=true;
    if(count)count.textContent=text?shown+' of '+rows.length+' rows':whole;
  }
  input.addEventListener('input',apply);
  input.addEventListener('keydown',function(event){if(event.key==='Escape'){input.value='';apply();}});
});
function csvCell(text){
  if(/^[=+\-@\t\r\n]/.test(text))text="'"+text;
  return /[",\r\n]/.test(text)?'"'+text.replace(/"/g,'""')+'"':text;
}
all('button[data-csv]').forEach(function(button){
  button.hidden=false;
  button.addEventListener('click',function(){
    var table=document.getElementById(button.getAttribute('data-csv')),lines=[all('th',table).map(function(cell){return csvCell(cell.getAttribute('data-csv')||cell.textContent.trim());}).join(',')];
    all('tbody tr',table).forEach(function(row){
      if(!row.hidden)lines.push(Array.prototype.map.call(row.cells,function(cell){var v=cell.getAttribute('data-v');return v===null?csvCell(cell.textContent):v;}).join(','));
    });
    var link=document.createElement('a');
    link.href=URL.createObjectURL(new Blob([lines.join('\r\n')+'\r\n'],{type:'text/csv'}));
    link.download=button.getAttribute('data-file');
    link.click();
    setTimeout(function(){URL.revokeObjectURL(link.href);},1000);
  });
});
var box=document.getElementById('graph-box'),view=document.getElementById('graph-view'),drawing=document.getElementById('graph');
if(box&&drawing){
  var area=drawing.viewBox.baseVal;
  var follow=function(){
    if(!view)return;
    view.setAttribute('x',area.x);view.setAttribute('width',area.width);
    view.setAttribute('y',area.y+area.height*box.scrollTop/box.scrollHeight);
    view.setAttribute('height',area.height*Math.min(1,box.clientHeight/box.scrollHeight));
  };
  box.addEventListener('scroll',follow);window.addEventListener('resize',follow);follow();
  if(view)view.ownerSVGElement.addEventListener('click',function(event){
    var point=new DOMPoint(event.clientX,event.clientY).matrixTransform(view.getScreenCTM().inverse());
    box.scrollTop=(point.y-area.y)/area.height*box.scrollHeight-box.clientHeight/2;
  });
  all('button[data-node]').forEach(function(button){
    button.addEventListener('click',function(){
      var node=drawing.querySelector('g[data-node="'+button.getAttribute('data-node')+'"]');
      all('.found',drawing).forEach(function(old){old.classList.remove('found');});
      if(!node)return;
      node.classList.add('found');
      node.scrollIntoView({block:'center',inline:'center'});
    });
  });
}
function fromAddress(){
  var wanted=new URLSearchParams(location.hash.slice(1)),key=wanted.get('sort'),words=wanted.get('filter'),field=document.querySelector('input[data-filter=layers]');
  if(key){
    var descending=key.charAt(0)==='-',name=descending?key.slice(1):key;
    all('#layers th[data-key]').forEach(function(heading){if(heading.getAttribute('data-key')===name)sortBy(heading,descending);});
  }
  if(words!==null&&field){field.value=words;field.dispatchEvent(new Event('input'));}
}
window.addEventListener('hashchange',fromAddress);
fromAddress();
})();
)js";

} // namespace

std::string_view scriptText() { return kScript; }

} // namespace nordlys::core::report
