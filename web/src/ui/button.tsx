import type { ComponentProps } from 'react'

type Look = 'filled' | 'plain' | 'quiet'

const LOOKS: Record<Look, string> = {
  filled: 'bg-accent text-on-accent border-transparent hover:opacity-90',
  plain: 'bg-surface border-line text-text hover:bg-hover',
  quiet: 'border-transparent text-text-2 hover:bg-hover hover:text-text',
}

type ButtonProps = ComponentProps<'button'> & Readonly<{ look?: Look }>

/** Shows a button with a label. */
export const Button = ({ look = 'plain', className = '', ...rest }: ButtonProps) => (
  <button
    type="button"
    className={`inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-control border
      px-2.5 text-list font-medium whitespace-nowrap transition-colors duration-100
      disabled:cursor-default disabled:opacity-50 ${LOOKS[look]} ${className}`}
    {...rest}
  />
)

type IconButtonProps = ComponentProps<'button'> & Readonly<{ label: string }>

/** Shows a button with an icon only; the label is its name. */
export const IconButton = ({ label, className = '', ...rest }: IconButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    className={`inline-flex size-7 shrink-0 items-center justify-center rounded-control text-text-3
      hover:bg-hover hover:text-text disabled:opacity-50 ${className}`}
    {...rest}
  />
)
