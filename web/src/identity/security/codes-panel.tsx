import { useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'
import { BackupCodes } from '../factors/backup-codes.tsx'
import { isCodes } from '../factors/enrol-step.tsx'
import type { Factors } from '../views.ts'

type CodesPanelProps = Readonly<{ factors: Factors; changed(): void }>

/** Shows how many backup codes are left, and makes new ones. */
export const CodesPanel = ({ factors, changed }: CodesPanelProps) => {
  const { api } = useHall()
  const [codes, setCodes] = useState<readonly string[]>([])
  const left = factors.backupCodesLeft
  const hasFactor = factors.totp || factors.passkeys.length > 0
  if (!hasFactor) return null
  const make = async (): Promise<void> => {
    setCodes((await api.write('/me/backup-codes', {}, isCodes)).codes)
    changed()
  }
  const ask = {
    title: 'Make new backup codes?',
    about: 'The codes you have now will not work any more.',
    button: 'Make new codes',
  }
  return (
    <Panel
      title="Backup codes"
      anchor="backup-codes"
      about={
        left === 0
          ? 'You have none. Without them, a lost device locks you out.'
          : `${left} of 10 are left, for the day your device is not at hand.`
      }
      action={
        codes.length === 0 && (
          <ActButton act={make} {...(left > 0 && { ask })}>
            {left === 0 ? 'Make codes' : 'Make new codes'}
          </ActButton>
        )
      }
    >
      {codes.length > 0 && (
        <PanelBody>
          <BackupCodes codes={codes} done={() => setCodes([])} button="I have kept them" />
        </PanelBody>
      )}
    </Panel>
  )
}
