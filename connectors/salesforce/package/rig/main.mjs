/*
 * Shows one component as a record page does. The page's own address says which: ?component=syncdDecision
 * &objectApiName=Opportunity&recordId=006…, formFactor=Small for the phone, and the org: api=http://… and token=….
 */
import '@lwc/synthetic-shadow'; // first, else the style sheet of the design system does not reach into components
import { createElement } from 'lwc';
import Decision from 'c/syncdDecision';
import Person from 'c/syncdPerson';

const TAGS = { syncdDecision: ['c-syncd-decision', Decision], syncdPerson: ['c-syncd-person', Person] };

const asked = new URLSearchParams(window.location.search);
const [tag, is] = TAGS[asked.get('component')];
const element = createElement(tag, { is });
element.recordId = asked.get('recordId');
element.objectApiName = asked.get('objectApiName');
element.flexipageRegionWidth = asked.get('region') ?? 'LARGE';
document.querySelector('main').appendChild(element);
