import { html, type TemplateResult } from 'lit';

export type NumberField = {
  readonly id: string;
  readonly label: string;
  readonly number: string;
  readonly onTyped: (number: string) => void;
};

/** Where a person says the own number: nothing is suggested, and no more can be typed than `personNumberPattern` takes. */
export const numberField = ({
  id,
  label,
  number,
  onTyped,
}: NumberField): TemplateResult => html`<label for=${id}>${label}</label>
  <input
    id=${id}
    autocomplete="off"
    maxlength="20"
    .value=${number}
    @input=${(event: Event) => onTyped((event.target as HTMLInputElement).value)}
  />`;
